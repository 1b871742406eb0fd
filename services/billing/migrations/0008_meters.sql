-- Meters that are not a sum: the largest quantity, the latest one, and how many different values a property took.
alter table meters drop constraint meters_aggregation_check;
alter table meters add constraint meters_aggregation_check check (aggregation in ('sum', 'count', 'max', 'last', 'unique'));
-- The property whose different values are counted.
alter table meters add column unique_by text;
alter table meters add constraint meters_unique_by check ((aggregation = 'unique') = (unique_by is not null));

-- A day holds what its meter makes of it in `quantity`: the sum (also where events are counted), the largest, the latest, or the number of
-- different values. Which event the latest is: the last by time, and of equal times by id.
alter table usage_daily add column last_at timestamptz, add column last_id text;

-- Each value once for each day it was seen on: a period may begin on any date, so how many there were cannot be added up from days.
-- Of a value there is the SHA-256 of its JSON: as many different ones as there were, of one size, and nothing about whom it names.
create table usage_values (
  customer_id text not null,
  meter       text not null,
  local_date  date not null,
  value       bytea not null,
  primary key (customer_id, meter, local_date, value)
);

grant select, insert on usage_values to portal, billing;
grant update (last_at, last_id) on usage_daily to portal, billing;
alter table usage_values enable row level security;
alter table usage_values force row level security;
create policy one_customer on usage_values to portal using (customer_id = current_setting('app.customer_id', true)) with check (customer_id = current_setting('app.customer_id', true));
create policy every_customer on usage_values to billing using (true) with check (true);

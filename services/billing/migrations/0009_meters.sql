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

-- Up to two properties by whose values a meter that adds up is broken down.
alter table meters add column group_by text[] not null default '{}' check (cardinality(group_by) <= 2);

-- A day once more, by the values of each such property: they add up to the day. Events without the property are 'none'; of a month's
-- values the first so many have names, and the others share one row, 'rest'.
create table usage_groups (
  customer_id text not null,
  meter       text not null,
  property    text not null,
  local_date  date not null,
  kind        text not null check (kind in ('value', 'none', 'rest')),
  value       text not null check (kind = 'value' or value = ''),
  quantity    bigint not null,
  events      bigint not null,
  primary key (customer_id, meter, property, local_date, kind, value)
);

-- Which values of a month have names.
create table usage_group_values (
  customer_id text not null,
  meter       text not null,
  property    text not null,
  month       date not null,                        -- of the customer's dates, by its first
  value       text not null,
  primary key (customer_id, meter, property, month, value)
);

grant select, insert on usage_groups, usage_group_values to portal, billing;
grant update (quantity, events) on usage_groups to portal, billing;
do $$
declare name text;
begin
  foreach name in array array['usage_groups', 'usage_group_values'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy one_customer on %I to portal using (customer_id = current_setting(''app.customer_id'', true)) with check (customer_id = current_setting(''app.customer_id'', true))', name);
    execute format('create policy every_customer on %I to billing using (true) with check (true)', name);
  end loop;
end $$;

-- The whole event as it was sent, where sending it again may go better: the vendor can have it tried once more.
alter table rejected_events add column sent jsonb;
create index rejected_events_all on rejected_events (rejected_at, customer_id, id, body_hash, code);
grant update (sent) on rejected_events to billing;

-- The sums are a cache of the events: `npm run rebuild-usage` makes them anew.
grant delete on usage_daily, usage_values, usage_groups to billing;

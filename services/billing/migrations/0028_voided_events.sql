-- Usage that was taken back: a fact beside the event, which stays as it was recorded, and counts nowhere from then on. The id stays
-- used. A row per event, so that taking one back twice is not possible.
create table voided_events (
  customer_id text not null,
  id          text not null,
  local_date  date not null,                        -- of the event: whose period is adjusted
  reason      text not null,
  voided_at   timestamptz not null,
  constraint voided_events_once primary key (customer_id, id),
  constraint voided_events_of_a_customer foreign key (customer_id) references customers
);
-- What was taken back of late: whether a period that is issued has to be looked at again.
create index voided_events_newest on voided_events (customer_id, voided_at);

grant select on voided_events to portal, billing;
grant insert on voided_events to billing;
alter table voided_events enable row level security;
alter table voided_events force row level security;
create policy one_customer on voided_events to portal
  using (customer_id = current_setting('app.customer_id', true)) with check (customer_id = current_setting('app.customer_id', true));
create policy every_customer on voided_events to billing using (true) with check (true);

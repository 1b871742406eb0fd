-- What happens to a subscription at the end of its fee period: a lower plan, fewer seats, or its end. One at most a customer, undone by
-- deleting it. The row becomes a stretch (or the end of the last one) when its day comes; until then nothing else changes.
create table scheduled_changes (
  customer_id  text not null references customers,
  on_date      date not null,                       -- local date of the customer: the first day after the fee period
  stretch_id   text,                                -- of the stretch to come; null where the subscription ends
  plan_id      text,
  plan_version int,
  seats        int check (seats >= 1),
  reason       text,                                -- why it ends, as the customer said it
  created_at   timestamptz not null,
  primary key (customer_id),
  check ((stretch_id is null) = (plan_id is null) and (plan_id is null) = (plan_version is null) and (plan_id is null) = (seats is null)),
  foreign key (plan_id, plan_version) references plans
);

-- A stretch that a scheduled change began: the renewal before it bills its fee. One asked for on that very day comes after the renewal.
alter table stretches add column scheduled boolean not null default false;

-- Late usage of a subscription that has ended is billed once, when no event of it can arrive any more.
alter table subscriptions add column closed_at timestamptz;

grant select, insert, delete, update (on_date) on scheduled_changes to portal, billing;
grant update (closed_at) on subscriptions to portal, billing;
alter table scheduled_changes enable row level security;
alter table scheduled_changes force row level security;
create policy one_customer on scheduled_changes to portal
  using (customer_id = current_setting('app.customer_id', true)) with check (customer_id = current_setting('app.customer_id', true));
create policy every_customer on scheduled_changes to billing using (true) with check (true);

-- What was used ahead of an allowance that ended lower counts as used in the customer's next usage periods, until it is worked off. A row is what
-- one usage period adds to that (less than nothing: what it worked off), or what the vendor forgave in it. Rows are added, never changed: late usage
-- adds another for the same period. The rows up to a period add up to what it left.
create table deficits (
  customer_id     text not null constraint deficits_customer references customers,
  id              text not null,
  meter           text not null constraint deficits_meter references meters,
  period_start    date not null,                    -- the usage period's first date
  quantity        bigint not null                   -- smallest steps of the meter
    constraint deficits_change_something check (quantity <> 0),
  forgiven_reason text                              -- why the vendor forgave it; null where the period's usage says so
    constraint deficits_forgiven_take_off check (forgiven_reason is null or quantity < 0),
  at              timestamptz not null,
  constraint deficits_key primary key (customer_id, id)
);

grant select on deficits to portal, billing;
grant insert on deficits to portal, billing;
alter table deficits enable row level security;
alter table deficits force row level security;
create policy one_customer on deficits to portal using (customer_id = current_setting('app.customer_id', true)) with check (customer_id = current_setting('app.customer_id', true));
create policy every_customer on deficits to billing using (true) with check (true);
create trigger history_changed after insert on deficits for each row execute function count_history_version();

-- A stretch that ended before what was paid for, and whose rest was given back, has the allowance of its own days alone.
alter table stretches add column credited boolean not null default false;
grant update (credited) on stretches to portal, billing;

-- A level may stand until another is reported, also over the ends of periods.
alter table meters add column carry boolean not null default false
  constraint meters_carry_last check (not carry or aggregation = 'last');

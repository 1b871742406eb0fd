-- Usage of before the vendor came here, or older than any that can be billed: it is listed and shown, and counts for no quota, level, deficit or
-- invoice. Its events stand among the others with a mark; its sums in tables of their own, which nothing that bills reads.
alter table usage_events add column historical boolean;           -- true, or null: every other event, which then takes no more room than before
-- Whose history there is, and where: it costs those who record nothing.
create index usage_events_historical on usage_events (customer_id, local_date) where historical;

-- An id that is not forgotten in its time: of history, which may be sent again whenever it likes, or taken back, for which it stays used.
alter table usage_keys add column kept boolean;
grant update (kept) on usage_keys to billing;
do $$
begin
  -- Else the owner, whom the wall stands around too, would find nothing.
  alter table usage_keys no force row level security;
  alter table voided_events no force row level security;
  update usage_keys k set kept = true where exists (select from voided_events v where (v.customer_id, v.id) = (k.customer_id, k.id));
  alter table usage_keys force row level security;
  alter table voided_events force row level security;
end $$;

-- Whether what was taken back was history: then no period is looked at again.
alter table voided_events add column historical boolean;

-- As usage_daily, usage_values and usage_groups are for what is billed.
create table historical_daily (
  customer_id text not null,
  meter       text not null,
  local_date  date not null,
  quantity    bigint not null,
  events      bigint not null,
  last_at     timestamptz,
  last_id     text,
  constraint historical_daily_pkey primary key (customer_id, meter, local_date)
);
create table historical_values (
  customer_id text not null,
  meter       text not null,
  local_date  date not null,
  value       bytea not null,
  constraint historical_values_pkey primary key (customer_id, meter, local_date, value)
);
create table historical_groups (
  customer_id text not null,
  meter       text not null,
  property    text not null,
  local_date  date not null,
  kind        text not null,
  value       text not null,
  quantity    bigint not null,
  events      bigint not null,
  constraint historical_groups_pkey primary key (customer_id, meter, property, local_date, kind, value),
  -- Events without the property have no value, and neither have those that share a row.
  constraint historical_groups_kinds check (kind in ('value', 'none', 'rest') and (kind = 'value' or value = ''))
);

grant select on historical_daily, historical_values, historical_groups to portal, billing;
grant insert, delete on historical_daily, historical_values, historical_groups to billing;
grant update (quantity, events, last_at, last_id) on historical_daily to billing;
grant update (quantity, events) on historical_groups to billing;
do $$
declare name text;
begin
  foreach name in array array['historical_daily', 'historical_values', 'historical_groups'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy one_customer on %I to portal using (customer_id = current_setting(''app.customer_id'', true)) with check (customer_id = current_setting(''app.customer_id'', true))', name);
    execute format('create policy every_customer on %I to billing using (true) with check (true)', name);
  end loop;
end $$;

-- pg_dump reads each month by itself, as the role billing, which sees every row: the same wall stands around a month, so it may read them.
create or replace function add_usage_month(month date) returns void language plpgsql as $$
declare
  name text := 'usage_events_' || to_char(month, 'YYYY_MM');
begin
  perform pg_advisory_xact_lock(7305810228);
  -- Read from the catalogue itself: what to_regclass remembers may be from before the wait for the lock.
  if exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'usage_events'::regclass and c.relname = name) then return; end if;
  execute format('create table %I (like usage_events including constraints)', name);
  execute format('alter table %I enable row level security', name);
  execute format('alter table %I force row level security', name);
  execute format('create policy one_customer on %I to portal using (customer_id = current_setting(''app.customer_id'', true)) with check (customer_id = current_setting(''app.customer_id'', true))', name);
  execute format('create policy every_customer on %I to billing using (true) with check (true)', name);
  execute format('grant select on %I to billing', name);
  execute format('alter table usage_events attach partition %I for values from (%L) to (%L)', name, month::timestamp at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
end $$;

do $$
declare
  month regclass;
begin
  for month in select inhrelid::regclass from pg_inherits where inhparent = 'usage_events'::regclass loop
    execute format('grant select on %s to billing', month);
  end loop;
end $$;

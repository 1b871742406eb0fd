-- Usage events by month, and the ids they are known by in a table of their own.
--
-- A unique key of a partitioned table must hold what it is partitioned by, so it cannot say that an id counts once whatever its time:
-- that is what usage_keys says. It is written in the event's own transaction, and kept until no event of that time is taken any more.

create table usage_keys (
  time        timestamptz not null,
  customer_id text not null,
  id          text not null,
  body_hash   bytea not null,                       -- SHA-256 of the content as sent: same id and content is a duplicate, other content a conflict
  primary key (customer_id, id)
);
-- Ids come about in the order of time and leave in it: this index costs next to nothing and finds the old ones.
create index usage_keys_time on usage_keys using brin (time) with (autosummarize = on);

alter table usage_events rename to usage_events_before;
alter table usage_events_before rename constraint usage_events_pkey to usage_events_before_pkey;
alter index usage_events_newest rename to usage_events_before_newest;
alter index usage_events_by_meter rename to usage_events_before_by_meter;

-- No foreign keys: whoever writes an event holds its customer's lock, no customer and no meter can be deleted, and the two
-- checks would cost more than the row itself.
create table usage_events (
  time        timestamptz not null,
  stored_at   timestamptz not null,
  quantity    bigint not null check (quantity between 0 and 9007199254740991), -- smallest steps of the meter
  overage     bigint,                               -- set by consume: what the answer said, so that a retry hears the same
  local_date  date not null,                        -- the customer's date that `time` falls on: billing happens on local dates
  customer_id text not null,
  id          text not null,
  meter       text not null,
  properties  jsonb not null,
  primary key (customer_id, time, id)               -- also the order in which they are shown
) partition by range (time);
create index usage_events_by_meter on usage_events (customer_id, meter, time, id);

-- A day is counted up many times: room beside it keeps the new version of the row on its page, and its index as it is.
alter table usage_daily set (fillfactor = 60);

-- What has left: events before this instant were dropped with their months, and only the days' sums tell of them.
create table usage_retention (
  only_row  boolean primary key default true check (only_row),
  kept_from timestamptz not null
);

grant select on usage_events, usage_keys, usage_retention to portal, billing;
grant insert on usage_events, usage_keys to portal, billing;
grant delete on usage_keys to billing;

-- Makes the month (in UTC) that begins on a date, unless it is there. Attached rather than made in place: that keeps nobody from
-- writing to the other months meanwhile. Nobody is granted anything on a month itself, and the same wall stands around it.
create function add_usage_month(month date) returns void language plpgsql as $$
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
  execute format('alter table usage_events attach partition %I for values from (%L) to (%L)', name, month::timestamp at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
end $$;
revoke execute on function add_usage_month from public;

do $$
declare
  month date;
begin
  -- Else the owner, whom the wall stands around too, would carry over nothing.
  alter table usage_events_before no force row level security;
  for month in select distinct date_trunc('month', time at time zone 'UTC')::date from usage_events_before order by 1 loop
    perform add_usage_month(month);
  end loop;
  insert into usage_keys (customer_id, id, body_hash, time) select customer_id, id, decode(body_hash, 'hex'), time from usage_events_before order by time;
  insert into usage_events (customer_id, id, meter, quantity, time, local_date, stored_at, properties, overage)
    select customer_id, id, meter, quantity, time, local_date, stored_at, properties, overage from usage_events_before;
  drop table usage_events_before;
end $$;

alter table usage_keys enable row level security;
alter table usage_keys force row level security;
create policy one_customer on usage_keys to portal using (customer_id = current_setting('app.customer_id', true)) with check (customer_id = current_setting('app.customer_id', true));
create policy every_customer on usage_keys to billing using (true) with check (true);
alter table usage_events enable row level security;
alter table usage_events force row level security;
create policy one_customer on usage_events to portal using (customer_id = current_setting('app.customer_id', true)) with check (customer_id = current_setting('app.customer_id', true));
create policy every_customer on usage_events to billing using (true) with check (true);

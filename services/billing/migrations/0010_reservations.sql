-- Work whose size is known only afterwards holds back some of an allowance first. A reservation that has expired no longer counts,
-- whether anybody looks or not; its row stays as long as late usage is taken, so that what was really used can still be told.
create table reservations (
  customer_id text not null references customers,
  id          text not null,                        -- one space of ids with the usage events: the settled usage has this id
  meter       text not null references meters,
  held        bigint not null check (held between 1 and 9007199254740991), -- smallest steps held back while it is open
  local_date  date not null,                        -- the date it was made on: whose allowance it is taken from, and where its usage counts
  reserved_at timestamptz not null,
  expires_at  timestamptz not null,
  body_hash   text not null,                        -- of the request as sent: the same again hears the same
  closed_at   timestamptz,                          -- when it was settled or released
  settled     bigint,                               -- steps that were really used, as told; null while open and when released
  granted     bigint,                               -- of these, what was recorded
  overage     bigint,                               -- of these, what was above the allowance
  primary key (customer_id, id),
  check (reserved_at < expires_at),
  check ((settled is null) = (granted is null) and (granted is null) = (overage is null)),
  check (settled is null or closed_at is not null),
  check (granted <= settled)
);
-- What is held back now: read for every answer about a quota.
create index reservations_open on reservations (customer_id, meter, expires_at) where closed_at is null;
create index reservations_old on reservations (customer_id, reserved_at);

grant select on reservations to portal, billing;
grant insert, delete, update (closed_at, settled, granted, overage) on reservations to billing;
-- The event that settles a reservation takes over the id the reservation took.
grant update (time) on usage_keys to billing;
alter table reservations enable row level security;
alter table reservations force row level security;
create policy one_customer on reservations to portal using (customer_id = current_setting('app.customer_id', true)) with check (customer_id = current_setting('app.customer_id', true));
create policy every_customer on reservations to billing using (true) with check (true);

-- What a customer's allowances follow from (zones, subscriptions, stretches, what is scheduled) changes a few times a year and is needed for
-- every answer about a quota. A server keeps what it made of it, and this number says whether it still holds. The database
-- itself counts it on, so that no command can forget to.
alter table customers add column history_version bigint not null default 1;
grant update (history_version) on customers to portal, billing;

create function count_history_version() returns trigger language plpgsql as $$
begin
  update customers set history_version = history_version + 1 where customer_id = coalesce(new.customer_id, old.customer_id);
  return null;
end $$;

do $$
declare name text;
begin
  foreach name in array array['customer_timezones', 'subscriptions', 'stretches', 'scheduled_changes'] loop
    execute format('create trigger history_changed after insert or update or delete on %I for each row execute function count_history_version()', name);
  end loop;
end $$;

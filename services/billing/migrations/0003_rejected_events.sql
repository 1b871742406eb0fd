-- Every usage event that was refused, with its reason, so that nothing a sender reported vanishes. Values stand as they were
-- sent: what is wrong with them is why they are here. The same event refused again for the same reason is the same row.
create table rejected_events (
  customer_id text not null references customers,
  id          text not null,
  body_hash   text not null,                        -- of the content as sent
  code        text not null,
  detail      text not null,
  meter       text not null,                        -- as sent: there may be no such meter
  quantity    jsonb,                                -- units as sent, null where it was left out
  time        text,                                 -- as sent, null where it was left out
  local_date  date not null,                        -- the date `time` falls on, or that of the refusal where it cannot be read
  times       int not null default 1,               -- how often it was refused
  rejected_at timestamptz not null,                 -- the last time
  primary key (customer_id, id, body_hash, code)
);
create index rejected_events_newest on rejected_events (customer_id, rejected_at desc);

grant select on rejected_events to portal, billing;
grant insert, delete, update (detail, times, rejected_at) on rejected_events to billing;

alter table rejected_events enable row level security;
alter table rejected_events force row level security;
create policy one_customer on rejected_events to portal using (customer_id = current_setting('app.customer_id', true)) with check (customer_id = current_setting('app.customer_id', true));
create policy every_customer on rejected_events to billing using (true) with check (true);

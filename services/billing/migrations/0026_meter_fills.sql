-- What is to be made of events that were stored before: a new meter reads those of its type, a new break-down those of its meter. Customer by customer, in their
-- order; what is written here says how far it has come, so that it goes on after an interruption.
create table meter_fills (
  meter          text not null,
  property       text not null,                     -- of a break-down; '' where the meter itself is filled
  asked_at       timestamptz not null,
  after_customer text collate "C" not null default '', -- this customer and those before are done
  place          jsonb,                             -- within the next one: what comes up to here is done
  added          bigint not null default 0,         -- events that the meter counts now
  skipped        bigint not null default 0,         -- events that it could not count
  done_at        timestamptz,
  constraint meter_fills_pkey primary key (meter, property)
);
create index meter_fills_open on meter_fills (asked_at, meter, property) where done_at is null;
grant select on meter_fills to portal, billing;
grant insert, update (after_customer, place, added, skipped, done_at) on meter_fills to billing;

-- The quantity that an event of a type was sent with: a meter made later counts it, whatever the others did.
alter table usage_events add column sent_quantity text;

grant delete, update (quantity, events) on usage_groups to billing;

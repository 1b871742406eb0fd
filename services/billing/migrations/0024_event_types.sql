-- What a meter reads: the events of one type that its filters hold for, each with the quantity that stands in one of their properties.
alter table meters add column event_type text;
alter table meters add column value_property text;
alter table meters add column filters jsonb;
-- Without a type there is nothing to filter.
alter table meters add constraint meters_filters_of_a_type check (filters is null or event_type is not null);
create index meters_event_type on meters (event_type) where event_type is not null;

-- An event that names a type has a row for each meter that reads it, all under its one id, or one row of no meter ('').
alter table usage_events add column type text;

-- Servers remember the meters; this says whether what they remember still holds. The database itself counts it on.
create table meters_version (
  only_row boolean constraint meters_version_pkey primary key constraint meters_version_only_row check (only_row),
  version  bigint not null
);
insert into meters_version (only_row, version) values (true, 1);
grant select on meters_version to portal, billing;
grant update (version) on meters_version to billing;

create function count_meters_version() returns trigger language plpgsql set search_path from current as $$
begin
  update meters_version set version = version + 1;
  return null;
end $$;
create trigger meters_changed after insert or update on meters for each statement execute function count_meters_version();

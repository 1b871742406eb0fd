-- An agent who no longer works here: no login, and no password that opens anything.
alter table agents add column disabled_at timestamptz;
create index agents_by_age on agents (created_at, id);
grant update (disabled_at, password_hash) on agents to billing;

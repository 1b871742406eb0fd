-- Several secret keys, each with what it may do, an end and its last use. Keys of before could do everything.
alter table secret_keys
  add column prefix       text,          -- shown beside the last four letters, so that people know which key is meant; absent: made before this
  add column last_four    text,
  add column scopes       text[] not null default '{admin}',
  add column expires_at   timestamptz,   -- from then on it opens nothing
  add column last_used_at timestamptz,   -- to the minute: most requests write nothing
  add constraint keys_may_do_something check (cardinality(scopes) between 1 and 50),
  add constraint keys_end_after_they_begin check (expires_at >= created_at);
alter table secret_keys alter column scopes drop default;
create index secret_keys_by_age on secret_keys (created_at, id);

grant update (expires_at, last_used_at) on secret_keys to billing;

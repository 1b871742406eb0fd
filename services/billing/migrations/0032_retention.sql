-- What serves nobody any more is forgotten, by its time, in batches: see retention.ts.
grant delete on portal_sessions, changes to billing;
create index quotes_expired on quotes (expires_at);
create index portal_sessions_over on portal_sessions ((coalesce(renewal_expires_at, code_expires_at)));
create index changes_old on changes (at);

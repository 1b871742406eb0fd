-- A subscription that was ended at once stopped at this instant; its last date is still its own, with fee and usage. A new one that starts on that same
-- date takes the date over: then the last stretch's `ends_on` is moved to it.
alter table subscriptions add column ended_at timestamptz;
grant update (ended_at) on subscriptions to portal, billing;

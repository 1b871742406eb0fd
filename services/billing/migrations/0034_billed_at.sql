-- When a document last counted this customer's usage, on a clock that stands: what is stored afterwards, though the clock still shows the same, comes after it, so
-- that each line can tell which events it counted. On a clock that runs `last_at` says so.
alter table customers add column billed_at timestamptz;
grant update (billed_at) on customers to portal, billing;

-- Usage of an ended subscription that was taken back after its closing: it is closed once more, with the customer's next midnight after this, by a document of
-- its own. Closed since then, it stays closed.
alter table subscriptions add column reopened_at timestamptz;
alter table subscriptions add constraint subscriptions_are_reopened_once_closed check (reopened_at is null or closed_at is not null);
grant update (reopened_at) on subscriptions to billing;

-- What a void document billed is due again: the run bills it anew from the customer's next midnight, a request at once. This says when that was done, also where
-- nothing of it was due any more, so that it is done once.
alter table invoices add column billed_again_at timestamptz;
alter table invoices add constraint invoices_are_billed_again_when_void check (billed_again_at is null or voided_at is not null);
grant update (billed_again_at) on invoices to portal, billing;
create index invoices_to_bill_again on invoices (customer_id) where voided_at is not null and billed_again_at is null;

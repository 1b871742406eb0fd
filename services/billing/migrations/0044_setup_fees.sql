-- A customer pays one setup fee in all: among invoices that are not void, one has a line for it.
create unique index invoices_setup_fee_once on invoices (customer_id)
where voided_at is null and document @> '{"lines": [{"setup": true}]}';

-- The vendor lists documents, payments and subscriptions of all customers, the newest first: each page is read from one place on.
create index invoices_issued on invoices (issued_at desc, sequence desc);
create index payments_newest on payments (created_at desc, customer_id desc, invoice_id desc, reference desc);
create index subscriptions_newest on subscriptions (created_at desc, customer_id desc, id desc);
-- An invoice is looked for by the beginning of its number.
create index invoices_number_beginning on invoices (number collate "C");

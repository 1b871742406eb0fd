-- An event may come before its customer: it is kept under the id it named, so that it can be tried again once the customer is made.
alter table rejected_events drop constraint rejected_events_customer_id_fkey;
-- What work is about, told when it was reserved: it becomes the properties of the usage it is settled with.
alter table reservations add column properties jsonb;

-- What a customer agreed with the vendor; null: what the plan says, and no purchase order.
alter table customers
  add column payment_terms_days int
    constraint customers_payment_terms check (payment_terms_days between 0 and 3650),
  add column purchase_order_number text
    constraint customers_purchase_orders check (char_length(purchase_order_number) between 1 and 100);
-- Only the vendor changes them.
grant update (payment_terms_days, purchase_order_number) on customers to billing;

-- What a customer is charged once: on an invoice of its own now, or with the next invoice. A charge waits (neither invoice nor withdrawal), is billed (on an
-- invoice that is not void), or is withdrawn for good. Voiding its own invoice withdraws it; voiding another one makes it wait again.
create table charges (
  customer_id   text not null references customers,
  id            text not null,
  name          jsonb not null,       -- { "zh-CN", "en" }
  quantity      bigint not null,
  unit_amount   bigint not null,      -- minor units of one
  currency      text not null,
  tax_rate      text,                 -- null: that of the customer's plan when it is billed
  tax_mode      text,                 -- null: likewise
  bill_when     text not null constraint charges_are_billed_now_or_next check (bill_when in ('now', 'next_invoice')),
  source_kind   text not null constraint charges_sources check (source_kind in ('vendor', 'pack')),
  source_id     text,                 -- what it is for, where the vendor did not make it by hand
  created_at    timestamptz not null,
  waiting_since timestamptz not null, -- later than created_at where a void made it wait again
  invoice_id    text,
  withdrawn_at  timestamptz,
  constraint charges_pkey primary key (customer_id, id),
  constraint charges_are_on_an_invoice foreign key (customer_id, invoice_id) references invoices,
  constraint charges_are_of_something check (quantity between 1 and 1000000 and unit_amount > 0 and quantity * unit_amount <= 1000000000000),
  constraint charges_tax_modes check (tax_mode in ('exclusive', 'inclusive')),
  constraint charges_name_their_source check ((source_kind = 'vendor') = (source_id is null)),
  constraint charges_wait_after_they_are_made check (waiting_since >= created_at and withdrawn_at >= created_at)
);
create index charges_newest on charges (customer_id, created_at, id);
create index charges_of_all on charges (created_at, customer_id, id);
create index charges_waiting on charges (customer_id) where invoice_id is null and withdrawn_at is null;
create index charges_of_invoice on charges (customer_id, invoice_id) where invoice_id is not null;
comment on index charges_newest is 'A customer''s list, the newest first.';
comment on index charges_of_all is 'The vendor''s list across customers, the newest first.';
comment on index charges_waiting is 'What waits for the next invoice: mostly none, read with every state.';
comment on index charges_of_invoice is 'What a void makes wait again or withdraws.';

-- A customer's upgrade bills what waits; only the vendor makes and withdraws charges.
grant select, update (invoice_id) on charges to portal;
grant select, insert, update (invoice_id, waiting_since, withdrawn_at) on charges to billing;
alter table charges enable row level security;
alter table charges force row level security;
create policy one_customer on charges to portal
  using (customer_id = current_setting('app.customer_id', true)) with check (customer_id = current_setting('app.customer_id', true));
create policy every_customer on charges to billing using (true) with check (true);

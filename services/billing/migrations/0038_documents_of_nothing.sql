-- What a document would have said that came to nothing, every line 0, and was therefore not issued (the seller may ask for such invoices). It has no
-- number and nobody is sent it; that its usage is billed, at nothing, is a fact all the same: what arrives later is an adjustment of it.
create table documents_of_nothing (
  customer_id  text not null references customers,
  id           text not null,
  kind         text not null,
  period_start date not null,
  closed_at    timestamptz not null,
  document     jsonb not null,
  constraint documents_of_nothing_pkey primary key (customer_id, id)
);
create index documents_of_nothing_by_period on documents_of_nothing (customer_id, period_start);

grant select, insert on documents_of_nothing to portal, billing;
alter table documents_of_nothing enable row level security;
alter table documents_of_nothing force row level security;
create policy one_customer on documents_of_nothing to portal
  using (customer_id = current_setting('app.customer_id', true)) with check (customer_id = current_setting('app.customer_id', true));
create policy every_customer on documents_of_nothing to billing using (true) with check (true);

-- Mistakes with money are mended by facts that stand beside what they mend: a payment is reversed, a refund is recorded, a balance is adjusted.

-- A payment is named by its own id. `applied` is what it paid of its invoice; the rest became balance. A reversal is filled in once.
alter table payments add column id text;
alter table payments add column applied bigint;
alter table payments add column reversed_at timestamptz;
alter table payments add column reversal_reason text;
-- The rows there are belong to customers, whom the owner of the tables does not see.
alter table payments no force row level security;
alter table invoices no force row level security;
alter table credit_movements no force row level security;
update payments set id = 'pay_' || substr(md5(customer_id || ' ' || invoice_id || ' ' || reference), 1, 24);
update payments p set applied = (
  select greatest(0, least(p.amount, i.payable
    - (select coalesce(sum(n.lowered), 0) from invoices n where (n.customer_id, n.credits_id) = (i.customer_id, i.id))
    - (select coalesce(sum(q.amount), 0) from payments q where (q.customer_id, q.invoice_id) = (i.customer_id, i.id) and (q.created_at, q.reference) < (p.created_at, p.reference))))
  from invoices i where (i.customer_id, i.id) = (p.customer_id, p.invoice_id));
alter table payments alter column id set not null;
alter table payments alter column applied set not null;
alter table payments add constraint payments_pay_at_most_what_came check (applied between 0 and amount);
alter table payments add constraint payments_are_reversed_for_a_reason check ((reversed_at is null) = (reversal_reason is null));
create unique index payments_id on payments (id);
grant update (reversed_at, reversal_reason) on payments to billing;

-- An invoice that was paid and is due again falls due by its terms counted from then.
alter table invoices add column due_again_at timestamptz;
grant update (due_again_at) on invoices to billing;

-- What could not be taken back from a balance, since it was paid out, is charged by a document of its own.
alter table invoices drop constraint invoices_kind_check;
alter table invoices add constraint invoices_kind_check check (kind in ('start', 'renewal', 'change', 'closing', 'charge', 'credit_note'));
drop index invoices_once;
-- One document of a kind for a period among those that are not void; a charge and a credit note are told apart by their ids.
create unique index invoices_once on invoices (customer_id, kind, period_start, stretch_id) where voided_at is null and kind not in ('charge', 'credit_note');

-- `cause_id`: the payment, refund, adjustment or (of an application that is undone) movement behind a movement. `held_for`: the credit note whose refund the
-- money waits for; such money pays no other invoice.
alter table credit_movements alter column invoice_id drop not null;
alter table credit_movements add column cause_id text;
alter table credit_movements add column held_for text;
alter table credit_movements drop constraint credit_movements_reason_check;
alter table credit_movements drop constraint if exists credit_movements_check;
alter table credit_movements add constraint credit_movements_reason_check check (reason in (
  'negative_total', 'applied', 'applied_to_invoice', 'application_undone', 'overpaid', 'payment_reversed', 'void', 'credit_note', 'refund', 'adjustment', 'charged'));
alter table credit_movements add constraint credit_movements_name_their_cause check (
  (invoice_id is not null or reason in ('refund', 'adjustment'))
  and (cause_id is not null or reason not in ('application_undone', 'payment_reversed', 'refund', 'adjustment', 'charged')));
update credit_movements m set cause_id = (
  select p.id from payments p where (p.customer_id, p.invoice_id) = (m.customer_id, m.invoice_id) and p.amount - p.applied = m.amount and p.created_at = m.at limit 1)
where m.reason = 'overpaid';
alter table payments force row level security;
alter table invoices force row level security;
alter table credit_movements force row level security;
create index credit_movements_of_invoice on credit_movements (customer_id, invoice_id) where invoice_id is not null;
create index credit_movements_held on credit_movements (customer_id, held_for) where held_for is not null;

-- Money paid back to a customer. The reference is the customer's own: a refund told twice counts once.
create table refunds (
  customer_id    text not null references customers,
  id             text not null,
  credit_note_id text,
  amount         bigint not null constraint refunds_pay_out_something check (amount > 0),
  currency       text not null,
  method         text not null,
  reference      text not null,
  at             timestamptz not null,
  primary key (customer_id, id),
  constraint refunds_once unique (customer_id, reference),
  foreign key (customer_id, credit_note_id) references invoices
);

-- What the vendor adds to a balance or takes from it, and why.
create table balance_adjustments (
  customer_id text not null references customers,
  id          text not null,
  amount      bigint not null constraint balance_adjustments_change_something check (amount <> 0),
  currency    text not null,
  reason      text not null,
  at          timestamptz not null,
  primary key (customer_id, id)
);

grant select on refunds, balance_adjustments to portal, billing;
grant insert on refunds, balance_adjustments to billing;

do $$
declare name text;
begin
  foreach name in array array['refunds', 'balance_adjustments'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy one_customer on %I to portal using (customer_id = current_setting(''app.customer_id'', true)) with check (customer_id = current_setting(''app.customer_id'', true))', name);
    execute format('create policy every_customer on %I to billing using (true) with check (true)', name);
  end loop;
end $$;

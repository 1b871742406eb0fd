-- The billing engine's facts and documents. Forward only: a later change is a later file.
--
-- Two kinds of table: the few global ones (meters, plans, seller, invoice_numbers, secret_keys), and the customers',
-- whose key begins with customer_id and whose rows are walled off by row level security (see the end of this file).

create table meters (
  key         text primary key,
  name        jsonb not null,                       -- { "zh-CN", "en" }
  unit        jsonb not null,
  decimals    int not null check (decimals between 0 and 6),
  aggregation text not null check (aggregation in ('sum', 'count')),
  created_at  timestamptz not null
);

-- A version is never changed: a subscriber stays on the one they took.
create table plans (
  id         text not null,
  version    int not null check (version >= 1),
  spec       jsonb not null,
  created_at timestamptz not null,
  primary key (id, version)
);

-- One row: whoever issues the invoices.
create table seller (
  only_row   boolean primary key default true check (only_row),
  details    jsonb not null,
  updated_at timestamptz not null
);

-- Counted inside the issuing transaction, so a number is used exactly when its invoice exists: no gap, no reuse.
create table invoice_numbers (
  series text not null,
  month  text not null,                             -- YYYYMM in the seller's zone
  last   int not null check (last >= 1),
  primary key (series, month)
);

-- Only the hash is kept; the key itself is shown once.
create table secret_keys (
  id         text primary key,
  name       text not null,
  key_hash   text not null unique,
  created_at timestamptz not null,
  revoked_at timestamptz
);

create table customers (
  customer_id   text primary key,
  company_name  text not null,
  contact_name  text,
  email         text,
  phone         text,
  address       text,
  locale        text not null check (locale in ('zh-CN', 'en')),
  currency      text not null,
  invoice_title jsonb,
  version       int not null,
  created_at    timestamptz not null,
  due_at        timestamptz                         -- cache: when this customer's next due work falls due
);
create index customers_due on customers (due_at) where due_at is not null;
create index customers_created on customers (created_at, customer_id);

-- A zone is fixed for a period: a new one applies from the first day of a later period.
create table customer_timezones (
  customer_id text not null references customers,
  from_on     date not null,
  timezone    text not null,
  primary key (customer_id, from_on)
);

create table subscriptions (
  customer_id text not null references customers,
  id          text not null,
  started_at  timestamptz not null,
  created_at  timestamptz not null,
  primary key (customer_id, id)
);

-- One row per stretch of dates on one plan version with one number of seats.
create table stretches (
  customer_id     text not null references customers,
  id              text not null,
  subscription_id text not null,
  plan_id         text not null,
  plan_version    int not null,
  seats           int not null check (seats >= 1),
  starts_on       date not null,                    -- local date of the customer; the day of a change belongs to the new stretch
  ends_on         date,                             -- exclusive; written once, when the day comes
  anchor_on       date not null,                    -- every boundary is counted from this date, never from the one before
  alignment       text not null check (alignment in ('anniversary', 'calendar')),
  usage_id        text not null,                    -- the stretch whose allowance and counter this one goes on with (itself, unless only seats changed)
  sequence        int not null,                     -- tells apart two stretches that start on the same day
  created_at      timestamptz not null,
  check (starts_on <= ends_on),
  primary key (customer_id, id),
  unique (customer_id, sequence),
  foreign key (customer_id, subscription_id) references subscriptions,
  foreign key (plan_id, plan_version) references plans
);
-- The invariant the code relies on, kept by the database as well: one open stretch a customer.
create unique index stretches_one_open on stretches (customer_id) where ends_on is null;

create table usage_events (
  customer_id text not null references customers,
  id          text not null,
  meter       text not null references meters,
  quantity    bigint not null check (quantity between 0 and 9007199254740991), -- smallest steps of the meter
  time        timestamptz not null,
  local_date  date not null,                        -- the customer's date that `time` falls on: billing happens on local dates
  stored_at   timestamptz not null,
  properties  jsonb not null,
  body_hash   text not null,                        -- of the content as sent: same id and content is a duplicate, other content a conflict
  overage     bigint,                               -- set by consume: what the answer said, so that a retry hears the same
  primary key (customer_id, id)
);
create index usage_events_newest on usage_events (customer_id, time desc, id desc);
create index usage_events_by_meter on usage_events (customer_id, meter, time desc, id desc);

-- Cache of usage_events, kept in the same transaction.
create table usage_daily (
  customer_id text not null references customers,
  meter       text not null references meters,
  local_date  date not null,
  quantity    bigint not null,
  events      bigint not null,
  primary key (customer_id, meter, local_date)
);

-- Documents: written once, whole. Only what happens to them later is filled in, once.
create table invoices (
  customer_id  text not null references customers,
  id           text not null,
  number       text not null unique,
  kind         text not null check (kind in ('start', 'renewal', 'change', 'closing', 'credit_note')),
  period_start date not null,
  stretch_id   text not null default '',            -- for a change: the stretch it starts
  issued_at    timestamptz not null,
  due_at       timestamptz not null,
  currency     text not null,
  total        bigint not null,
  payable      bigint not null,                     -- total less credit applied, never below zero
  document     jsonb not null,
  sha256       text not null,                       -- of the canonical JSON of the document
  template     text not null,                       -- version of the PDF template at issue
  pdf_sha256   text,                                -- written at the first rendering, checked ever after
  voided_at    timestamptz,
  void_reason  text,
  primary key (customer_id, id)
);
create unique index invoices_id on invoices (id);
-- One document of a kind for a period among those that are not void.
create unique index invoices_once on invoices (customer_id, kind, period_start, stretch_id) where voided_at is null and kind <> 'credit_note';
create index invoices_newest on invoices (customer_id, issued_at desc, id desc);

-- A usage period that has been closed: usage that arrives later is an adjustment. A period without anything to bill has no invoice.
create table closed_periods (
  customer_id  text not null references customers,
  period_start date not null,
  closed_at    timestamptz not null,
  primary key (customer_id, period_start)
);

create table payments (
  customer_id text not null references customers,
  invoice_id  text not null,
  reference   text not null,                        -- unique per invoice: a payment told twice counts once
  amount      bigint not null check (amount > 0),
  method      text not null,
  paid_at     timestamptz not null,
  created_at  timestamptz not null,
  primary key (customer_id, invoice_id, reference),
  foreign key (customer_id, invoice_id) references invoices
);

-- Account credit is the sum of its movements, never a stored balance.
create table credit_movements (
  customer_id text not null references customers,
  id          text not null,
  invoice_id  text not null,
  reason      text not null check (reason in ('negative_total', 'applied', 'overpaid', 'void')),
  amount      bigint not null check (amount <> 0),
  currency    text not null,
  at          timestamptz not null,
  primary key (customer_id, id)
);

-- What a preview promised. Confirming charges exactly this or refuses.
create table quotes (
  customer_id text not null references customers,
  id          text not null,
  plan_id     text not null,
  seats       int not null,
  promise     jsonb not null,
  created_at  timestamptz not null,
  expires_at  timestamptz not null,
  primary key (customer_id, id)
);

create table portal_sessions (
  customer_id        text not null references customers,
  id                 text not null,
  role               text not null check (role in ('owner', 'billing', 'viewer')),
  actor              jsonb,
  locale             text,
  created_at         timestamptz not null,
  code_hash          text not null unique,
  code_expires_at    timestamptz not null,
  code_used_at       timestamptz,
  renewal_hash       text unique,
  renewal_expires_at timestamptz,
  ended_at           timestamptz,
  primary key (customer_id, id)
);

create table portal_tokens (
  customer_id text not null,
  session_id  text not null,
  token_hash  text not null unique,
  expires_at  timestamptz not null,
  primary key (customer_id, session_id, token_hash),
  foreign key (customer_id, session_id) references portal_sessions on delete cascade
);
create index portal_tokens_expired on portal_tokens (expires_at);

-- The first answer to a key, kept in the command's own transaction. customer_id is '' for what belongs to no customer.
create table idempotency_keys (
  customer_id text not null,
  credential  text not null,
  route       text not null,
  key         text not null,
  body_hash   text not null,
  status      int not null,
  body        jsonb not null,
  created_at  timestamptz not null,
  primary key (customer_id, credential, route, key)
);
create index idempotency_keys_old on idempotency_keys (created_at);

-- ---- who may see and do what -------------------------------------------------------------------------------------
-- `portal` acts for the one customer named in app.customer_id, `billing` for all; neither owns a table.

grant select on meters, plans, seller to portal, billing;
grant insert, update on meters, seller to billing;
grant insert on plans to billing;
grant select, insert, update on invoice_numbers to portal, billing;
grant select, insert on secret_keys to billing;
grant update (revoked_at) on secret_keys to billing;

grant select on customers, customer_timezones, subscriptions, stretches, usage_events, usage_daily, invoices, closed_periods, payments,
  credit_movements, quotes, portal_sessions, portal_tokens, idempotency_keys to portal, billing;
grant insert on customer_timezones, subscriptions, stretches, usage_events, usage_daily, invoices, closed_periods,
  credit_movements, quotes, idempotency_keys to portal, billing;
grant insert on customers, payments, portal_sessions, portal_tokens to billing;
grant update (company_name, contact_name, email, phone, address, locale, invoice_title, version, due_at) on customers to portal, billing;
grant update (timezone), delete on customer_timezones to portal, billing;
grant update (ends_on) on stretches to portal, billing;
grant update (quantity, events) on usage_daily to portal, billing;
grant update (pdf_sha256) on invoices to portal, billing;
grant update (voided_at, void_reason) on invoices to billing;
grant delete on quotes, idempotency_keys to portal, billing;
grant delete on portal_tokens to billing;
grant update (code_used_at, renewal_hash, renewal_expires_at, ended_at) on portal_sessions to billing;

do $$
declare name text;
begin
  foreach name in array array['customers', 'customer_timezones', 'subscriptions', 'stretches', 'usage_events', 'usage_daily', 'invoices',
    'closed_periods', 'payments', 'credit_movements', 'quotes', 'portal_sessions', 'portal_tokens', 'idempotency_keys'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy one_customer on %I to portal using (customer_id = current_setting(''app.customer_id'', true)) with check (customer_id = current_setting(''app.customer_id'', true))', name);
    execute format('create policy every_customer on %I to billing using (true) with check (true)', name);
  end loop;
end $$;

-- Discounts by code. A coupon belongs to no customer: the portal's role never reads the table, so a code can be asked for but not looked up.
create table coupons (
  code             text not null,               -- normalised: upper case, of A-Z, 0-9 and hyphens
  name             jsonb not null,              -- { "zh-CN", "en" }
  kind             text not null,
  value            text not null,               -- as in discounts
  max_amount       bigint,                      -- the most a percentage takes of a period, minor units
  currency         text,                        -- of amounts in minor units
  applies_to       text not null,
  periods          integer,                     -- in how many periods a redemption takes its amount; null: for ever
  redeem_from      date,                        -- local dates of the customer, both inclusive
  redeem_by        date,
  max_redemptions  integer,
  per_customer     integer not null,
  plans            jsonb,                       -- ids; null: every plan
  first_time_only  boolean not null,
  archived         boolean not null,
  redemptions      integer not null default 0,
  created_at       timestamptz not null,
  constraint coupons_pkey primary key (code),
  constraint coupons_codes_are_normalised check (code ~ '^[A-Z0-9]([A-Z0-9-]{1,38})[A-Z0-9]$'),
  constraint coupons_have_a_value check (
    kind = 'fixed' and value ~ '^[1-9][0-9]{0,12}$' and max_amount is null and currency is not null
      or kind = 'percent' and value ~ '^[0-9]{1,3}([.][0-9]{1,4})?$' and (max_amount is null or currency is not null)
  ),
  constraint coupons_apply_to_lines check (applies_to in ('all', 'fee', 'usage')),
  constraint coupons_have_limits check (
    (max_amount > 0) is not false and (periods > 0) is not false and per_customer > 0 and (max_redemptions > 0) is not false
      and redemptions >= 0 and (redeem_by >= redeem_from) is not false
  )
);
grant select, insert on coupons to billing;
grant update (
  name, kind, value, max_amount, currency, applies_to, periods, redeem_from, redeem_by, max_redemptions, per_customer, plans, first_time_only,
  archived, redemptions
) on coupons to billing;

-- A redemption is never deleted, also where its discount is: so a code cannot be redeemed again by taking the discount away.
create table coupon_redemptions (
  customer_id text not null references customers,
  code        text not null references coupons,
  ordinal     integer not null,                 -- counted from 1 for each customer and code
  discount_id text not null,
  first_time  boolean not null,                 -- whether the code was for first-time customers: one of those per customer
  redeemed_by text not null,
  redeemed_at timestamptz not null,
  constraint coupon_redemptions_pkey primary key (customer_id, code, ordinal),
  constraint coupon_redemptions_are_counted check (ordinal > 0),
  constraint coupon_redemptions_have_a_party check (redeemed_by in ('customer', 'vendor'))
);
create index coupon_redemptions_by_code on coupon_redemptions (code);
grant select, insert on coupon_redemptions to portal, billing;
alter table coupon_redemptions enable row level security;
alter table coupon_redemptions force row level security;
create policy one_customer on coupon_redemptions to portal
  using (customer_id = current_setting('app.customer_id', true)) with check (customer_id = current_setting('app.customer_id', true));
create policy every_customer on coupon_redemptions to billing using (true) with check (true);

-- A redemption becomes a discount with the terms its coupon had then: it holds in the first `periods` periods from `from_on` on, for lines of
-- the plans named.
alter table discounts add column coupon_code text references coupons;
alter table discounts add column periods integer;
alter table discounts add column max_amount bigint;
alter table discounts add column plans jsonb;
alter table discounts add constraint discounts_of_coupons check (
  (coupon_code is not null or periods is null and max_amount is null and plans is null) and (periods > 0) is not false and (max_amount > 0) is not false
);
grant insert (customer_id, id, name, kind, value, applies_to, from_on, until_on, created_at, coupon_code, periods, max_amount, plans) on discounts to portal;
grant insert (coupon_code, periods, max_amount, plans) on discounts to billing;

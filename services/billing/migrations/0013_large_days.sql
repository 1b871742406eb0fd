-- Customers of whom some day of some meter ever passed a thousand million steps: around such a day a month may come near what can be counted or
-- billed exactly, so who records for them looks closely. For all others, nearly everybody, one look at this key says that there is no need to.
create table customers_with_large_days (
  customer_id text primary key
);
grant select, insert on customers_with_large_days to portal, billing;

do $$
begin
  -- Else the owner, whom the wall stands around too, would find nobody.
  alter table usage_daily no force row level security;
  insert into customers_with_large_days (customer_id) select distinct customer_id from usage_daily where quantity > 1000000000;
  alter table usage_daily force row level security;
end $$;

alter table customers_with_large_days enable row level security;
alter table customers_with_large_days force row level security;
create policy one_customer on customers_with_large_days to portal using (customer_id = current_setting('app.customer_id', true)) with check (customer_id = current_setting('app.customer_id', true));
create policy every_customer on customers_with_large_days to billing using (true) with check (true);

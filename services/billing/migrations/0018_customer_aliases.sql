-- Further ids of a customer, by which events and calls find them: what another system calls them, or what they were called before.
create table customer_aliases (
  alias       text collate "C" not null,
  customer_id text not null,
  created_at  timestamptz not null,
  constraint customer_aliases_pkey primary key (customer_id, alias),
  -- An alias leads to one customer.
  constraint customer_aliases_one_customer unique (alias),
  -- It is of a customer who exists.
  constraint customer_aliases_customer foreign key (customer_id) references customers
);

-- No alias is also somebody's id: two tables, so a constraint cannot say it. Whoever takes a name as the one looks for it among the others, one at a time.
create function keep_customer_names_apart() returns trigger language plpgsql set search_path from current as $$
declare
  name text := case tg_table_name when 'customers' then new.customer_id else to_jsonb(new) ->> 'alias' end;
  taken boolean;
begin
  perform pg_advisory_xact_lock(hashtextextended(name, 7305810231));
  if tg_table_name = 'customers' then
    select exists (select from customer_aliases where alias = name) into taken;
  else
    select exists (select from customers where customer_id = name) into taken;
  end if;
  if taken then
    raise unique_violation using constraint = 'customer_names_apart', message = 'a customer has this name already';
  end if;
  return new;
end $$;
create trigger customer_names_apart before insert on customers for each row execute function keep_customer_names_apart();
create trigger customer_names_apart before insert on customer_aliases for each row execute function keep_customer_names_apart();

grant select on customer_aliases to portal, billing;
grant insert, delete on customer_aliases to billing;
alter table customer_aliases enable row level security;
alter table customer_aliases force row level security;
create policy one_customer on customer_aliases to portal
  using (customer_id = current_setting('app.customer_id', true)) with check (customer_id = current_setting('app.customer_id', true));
create policy every_customer on customer_aliases to billing using (true) with check (true);

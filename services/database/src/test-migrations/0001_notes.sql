-- A customer's table as the services make them: row level security from the first day.
create table notes (
  customer_id text not null,
  id          text not null,
  body        text not null,
  primary key (customer_id, id)
);
alter table notes enable row level security;
alter table notes force row level security;
create policy notes_of_the_customer on notes to portal
  using (customer_id = current_setting('app.customer_id', true))
  with check (customer_id = current_setting('app.customer_id', true));
create policy notes_of_all on notes to billing using (true) with check (true);
grant select, insert, update, delete on notes to portal, billing;

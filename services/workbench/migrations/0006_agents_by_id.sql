-- The vendor disables an agent and sets their password by id alone.
create unique index agents_by_id on agents (id);
comment on index agents_by_id is 'The agent the vendor names; ids are made here, so one belongs to one customer.';

-- What the vendor scheduled stands beside what the customer asked for: a change of the vendor's, and an end, each beside the customer's own one.
-- `seats` may be absent in the vendor's: they then stay as they are by that date.
alter table scheduled_changes add column asked_by text not null default 'customer'
  constraint scheduled_changes_asked_by_somebody check (asked_by in ('customer', 'vendor'));
alter table scheduled_changes alter column asked_by drop default;
alter table scheduled_changes add column ends boolean;
update scheduled_changes set ends = plan_id is null;
alter table scheduled_changes alter column ends set not null;
alter table scheduled_changes drop constraint scheduled_changes_pkey;
-- Of each kind one at most is scheduled by each party.
alter table scheduled_changes add constraint scheduled_changes_pkey primary key (customer_id, asked_by, ends);
-- The customer has one in all: a cancellation takes the place of a change.
create unique index scheduled_changes_one_of_the_customer on scheduled_changes (customer_id) where asked_by = 'customer';
alter table scheduled_changes drop constraint scheduled_changes_check;
alter table scheduled_changes add constraint scheduled_changes_names_a_plan_or_an_end check (
  ends = (plan_id is null) and (stretch_id is null) = (plan_id is null) and (plan_id is null) = (plan_version is null)
  and (case when plan_id is null then seats is null else seats is not null or asked_by = 'vendor' end));
grant update (plan_id, plan_version) on scheduled_changes to portal, billing;

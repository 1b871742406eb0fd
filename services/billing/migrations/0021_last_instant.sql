-- The instant of a customer's last command: the next one's is later, whichever process runs it and whatever its clock says.
alter table customers add column last_at timestamptz;
grant update (last_at) on customers to portal, billing;

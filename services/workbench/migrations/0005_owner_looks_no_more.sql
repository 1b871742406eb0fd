-- The owner of the tables sees no customer again.
drop policy owner_looks on agents;
drop policy owner_looks on messages;

-- A meter has one counter in a usage period (decision 89): no stretch names the one whose counter it goes on with.
alter table stretches drop column usage_id;

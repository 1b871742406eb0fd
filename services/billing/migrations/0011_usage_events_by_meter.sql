-- One key of the events instead of two: an index costs as much as the row itself, for every event, and grows with it. Each meter's events stand
-- in order of time; all of a customer's are the meters' merged, and there are at most 200 of these.
alter table usage_events drop constraint usage_events_pkey;
drop index usage_events_by_meter;
alter table usage_events add primary key (customer_id, meter, time, id);

-- What arrived after its period was billed is looked for by when it was stored. Events are stored in that order, so that a few
-- numbers for each megabyte of them tell where it can be: an index that costs whoever records next to nothing.
create index usage_events_stored on usage_events using brin (stored_at);

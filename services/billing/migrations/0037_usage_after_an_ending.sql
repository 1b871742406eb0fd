-- Usage of after the instant at which a subscription was ended at once, on that date, belongs to nobody: it is listed, and counts for no quota, level,
-- deficit or invoice. As with history its events stand among the others with a mark: one column says why an event stands apart from what counts.
alter table usage_events add column apart text;                   -- null: it counts; then it takes no more room than before
alter table voided_events add column apart text;                  -- as its event's: what did not count is no reason to look at a period again
do $$
begin
  -- Else the owner, whom the wall stands around too, would find nothing.
  alter table usage_events no force row level security;
  alter table voided_events no force row level security;
  update usage_events set apart = 'history' where historical;
  update voided_events set apart = 'history' where historical;
  alter table usage_events force row level security;
  alter table voided_events force row level security;
end $$;
-- Decisions 100 and 103: what stands apart is history, or came after an ending.
alter table usage_events add constraint usage_events_apart check (apart in ('history', 'after_end'));
alter table voided_events add constraint voided_events_apart check (apart in ('history', 'after_end'));
alter table usage_events drop column historical;
alter table voided_events drop column historical;
create index usage_events_apart on usage_events (customer_id, local_date) where apart is not null;

-- A subscription that is ended, or begins on the date of an ending, settles for whom that date counts, and the date's sums are made anew.
grant update (apart) on usage_events, voided_events to portal, billing;
grant delete on usage_daily, usage_values, usage_groups to portal;

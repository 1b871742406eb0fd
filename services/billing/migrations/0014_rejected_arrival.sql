-- When a refused event came for the first time: one that was sent without a time counts at that moment, however late it is tried again.
alter table rejected_events add column arrived_at timestamptz;
update rejected_events set arrived_at = rejected_at;
alter table rejected_events alter column arrived_at set not null;

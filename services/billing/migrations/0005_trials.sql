-- A trial is a stretch of its own: free until this date, with periods counted from its start. What follows it begins a grid of its own, on this
-- date. It needs no row until the day comes, since it is certain: the same plan and seats, unless scheduled_changes says otherwise.
alter table stretches add column trial_ends_on date;  -- exclusive; null where it is not a trial
alter table stretches add check (trial_ends_on > starts_on and ends_on <= trial_ends_on);

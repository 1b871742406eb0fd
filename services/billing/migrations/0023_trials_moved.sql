-- The vendor ends a trial earlier or later: only while it runs, so nothing that was billed changes. On a day on which the plan changed too, a stretch of no
-- days is left.
grant update (trial_ends_on) on stretches to portal, billing;
alter table stretches drop constraint stretches_check1;
alter table stretches add constraint stretches_lie_within_their_trial check (trial_ends_on >= starts_on and ends_on <= trial_ends_on);

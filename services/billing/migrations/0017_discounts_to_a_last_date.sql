-- `until_on` is the last date on which a discount holds: it may be the first one too. A fixed value is an amount for a period, not for each document.
alter table discounts drop constraint discounts_check;
alter table discounts add constraint discounts_end_after_they_begin check (until_on >= from_on);

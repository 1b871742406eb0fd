-- Rules that the code keeps and the tables did not know of yet: what names another row names one that exists, and amounts have the sign and instants
-- the order they must have. What is there already is looked at by 0041, while others read and write: here a constraint holds for what comes.
--
-- No foreign keys, and why: usage_events, usage_keys, usage_values, usage_groups and usage_group_values (two checks cost more than the row; each of their
-- rows has its day in usage_daily, which has them), voided_events to usage_keys (ids are forgotten by the million), rejected_events (events may come before
-- their customer and their meter), idempotency_keys (some belong to no customer), activity (its subjects are of many kinds), quotes (a plan, of which the
-- promise names the version), scheduled_changes.phase_id (of the phase to come).

-- ---- what names another row ---------------------------------------------------------------------------------------

-- Money moves on an invoice that exists, and waits for the refund of a credit note that exists.
alter table balance_transactions add constraint balance_transactions_name_an_invoice
  foreign key (customer_id, invoice_id) references invoices not valid;
alter table balance_transactions add constraint balance_transactions_wait_for_a_credit_note
  foreign key (customer_id, held_for) references invoices not valid;
-- Only customers and meters that exist have history; the days of what is billed knew that already.
alter table historical_daily add constraint historical_daily_of_a_customer foreign key (customer_id) references customers not valid;
alter table historical_daily add constraint historical_daily_of_a_meter foreign key (meter) references meters not valid;
alter table customers_with_large_days add constraint customers_with_large_days_exist foreign key (customer_id) references customers not valid;
-- A meter that exists is filled.
alter table meter_fills add constraint meter_fills_of_a_meter foreign key (meter) references meters not valid;

-- A cause is of one of several tables, by its kind, so that a foreign key cannot say it. None of these rows is ever deleted: it is enough to look once.
create function assert_cause_exists() returns trigger language plpgsql set search_path from current as $$
declare
  found_it boolean;
begin
  if tg_table_name = 'invoices' then
    case new.cause_kind
      when 'phase' then found_it := exists (select from phases where customer_id = new.customer_id and id = new.cause_id);
      -- Of a reopening: the subscription and when it was reopened.
      else found_it := exists (select from subscriptions where customer_id = new.customer_id and id = split_part(new.cause_id, ' ', 1));
    end case;
  else
    case
      when new.reason = 'refund' then found_it := exists (select from refunds where customer_id = new.customer_id and id = new.cause_id);
      when new.reason = 'adjustment' then
        found_it := exists (select from balance_adjustments where customer_id = new.customer_id and id = new.cause_id);
      when new.reason = 'application_undone' then
        found_it := exists (select from balance_transactions where customer_id = new.customer_id and id = new.cause_id);
      else found_it := exists (select from payments where customer_id = new.customer_id and id = new.cause_id);
    end case;
  end if;
  if not found_it then
    raise foreign_key_violation using constraint = tg_name,
      message = format('%s names a cause that does not exist: %s', tg_table_name, new.cause_id);
  end if;
  return null;
end $$;
create constraint trigger invoices_cause_exists after insert or update of cause_kind, cause_id on invoices
  for each row when (new.cause_kind is not null) execute function assert_cause_exists();
create constraint trigger balance_transactions_cause_exists after insert or update of reason, cause_id on balance_transactions
  for each row when (new.cause_id is not null) execute function assert_cause_exists();

-- ---- signs, sets and orders ---------------------------------------------------------------------------------------

-- What uses a balance lowers it, what gives raises it. A void and an adjustment do either.
alter table balance_transactions add constraint balance_transactions_have_their_sign check (
  case
    when reason in ('applied', 'applied_to_invoice', 'payment_reversed', 'refund') then amount < 0
    when reason in ('negative_total', 'application_undone', 'overpaid', 'credit_note', 'charged') then amount > 0
    else true
  end) not valid;

-- Terms of payment are counted from the issue.
alter table invoices add constraint invoices_fall_due_after_issue check (due_at >= issued_at) not valid;
-- Balance pays at most an invoice's total, and what gives money back is not paid.
alter table invoices add constraint invoices_are_paid_at_most_once check (payable between 0 and greatest(total, 0)) not valid;
-- A credit note gives back, and lowers what is due of its invoice by no more than that.
alter table invoices add constraint invoices_credit_notes_give_back check (credits_id is null or (total <= 0 and applied_to_invoice <= -total)) not valid;
-- Only a void invoice has a reason to be void.
alter table invoices add constraint invoices_give_a_reason_when_void check (void_reason is null or voided_at is not null) not valid;
-- What came to nothing would have been one of the documents that bill lines.
alter table documents_of_nothing add constraint documents_of_nothing_kinds check (kind in ('start', 'renewal', 'change', 'final')) not valid;
-- Numbers are counted by series and by month.
alter table invoice_numbers add constraint invoice_numbers_series check (series in ('INV', 'CN')) not valid;
alter table invoice_numbers add constraint invoice_numbers_months check (month ~ '^[0-9]{4}(0[1-9]|1[0-2])$') not valid;

-- A boundary is counted from a date that lies before it.
alter table phases add constraint phases_begin_on_or_after_their_anchor check (anchor_on <= starts_on) not valid;
-- A subscription ends after it began.
alter table subscriptions add constraint subscriptions_end_after_they_begin check (ended_at >= started_at) not valid;
-- As with phases: one seat at least, also on a plan that knows none.
alter table quotes add constraint quotes_have_seats check (seats >= 1) not valid;
alter table quotes add constraint quotes_hold_for_a_while check (expires_at > created_at) not valid;
-- A fixed discount is a whole number of minor units, a percentage a decimal number: what lowers a line is computed from this text.
alter table discounts add constraint discounts_have_a_value check (
  case kind when 'fixed' then value ~ '^[1-9][0-9]*$' else value ~ '^[0-9]{1,3}([.][0-9]{1,4})?$' end) not valid;

-- Every change of an account, and of what its allowances follow from, counts on.
alter table customers add constraint customers_versions_begin_with_one check (version >= 1 and history_version >= 1) not valid;
-- Two languages, as of customers; none: the customer's own.
alter table portal_sessions add constraint portal_sessions_locales check (locale in ('zh-CN', 'en')) not valid;
alter table portal_sessions add constraint portal_sessions_codes_hold_for_a_while check (code_expires_at > created_at) not valid;
-- A session is renewed with the secret that its code was exchanged for.
alter table portal_sessions add constraint portal_sessions_renew_once_opened check (
  (code_used_at is null) = (renewal_hash is null) and (renewal_hash is null) = (renewal_expires_at is null)) not valid;
-- Both parts of a key that are shown, or neither: of keys made before 0015.
alter table secret_keys add constraint secret_keys_show_both_ends check ((prefix is null) = (last_four is null)) not valid;
-- What is kept is an answer.
alter table idempotency_keys add constraint idempotency_keys_hold_an_answer check (status between 200 and 599) not valid;

-- Break-downs are of meters that add up.
alter table meters add constraint meters_break_down_what_adds_up check (cardinality(group_by) = 0 or aggregation in ('sum', 'count')) not valid;
alter table meter_fills add constraint meter_fills_count_events check (added >= 0 and skipped >= 0) not valid;
alter table rejected_events add constraint rejected_events_were_rejected check (times >= 1) not valid;
-- Of what was told, what was recorded; of that, what was above the allowance.
alter table reservations add constraint reservations_settle_parts check (settled >= 0 and granted >= 0 and overage between 0 and granted) not valid;
alter table reservations add constraint reservations_close_after_they_open check (closed_at >= reserved_at) not valid;
-- Quantities and numbers of events are counted, also where events are taken back. The latest event is named by time and id, or there is none.
alter table usage_daily add constraint usage_daily_counts check (quantity >= 0 and events >= 0 and (last_at is null) = (last_id is null)) not valid;
alter table historical_daily add constraint historical_daily_counts
  check (quantity >= 0 and events >= 0 and (last_at is null) = (last_id is null)) not valid;
alter table usage_groups add constraint usage_groups_counts check (quantity >= 0 and events >= 0) not valid;
alter table historical_groups add constraint historical_groups_counts check (quantity >= 0 and events >= 0) not valid;
-- Which values have names is settled for a month: its first date stands for it.
alter table usage_group_values add constraint usage_group_values_of_a_month check (extract(day from month) = 1) not valid;

-- ---- names --------------------------------------------------------------------------------------------------------
-- Constraints that were named by number say their rule.
alter table invoices rename constraint invoices_check to invoices_credit_notes_name_their_invoice;
alter table invoices rename constraint invoices_lowered_check to invoices_credit_notes_pay_nothing_back;
alter table phases rename constraint phases_check to phases_end_after_they_begin;
alter table reservations rename constraint reservations_check to reservations_expire_after_they_open;
alter table reservations rename constraint reservations_check1 to reservations_settle_whole;
alter table reservations rename constraint reservations_check2 to reservations_close_when_settled;
alter table reservations rename constraint reservations_check3 to reservations_grant_what_was_used;
alter table usage_events rename constraint usage_events_quantity_check1 to usage_events_quantity_is_exact;
alter table usage_groups rename constraint usage_groups_check to usage_groups_name_values_only;

-- ---- indexes ------------------------------------------------------------------------------------------------------
-- No query was served by these: of at most 200 meters all are read, and a customer's tokens are found by their own key.
drop index meters_event_type;
drop index portal_tokens_expired;

comment on index activity_old is 'Forgets what is older than ACTIVITY_RETENTION_DAYS (retention.ts).';
comment on index activity_unread is 'Gives places to what nobody has read yet.';
comment on index balance_transactions_held is 'What waits for the refund of a credit note.';
comment on index balance_transactions_newest is 'A customer''s movements in their order, and the newest applications to undo.';
comment on index balance_transactions_of_invoice is 'What of the balance pays an invoice: part of what is due of it.';
comment on index customers_created is 'The vendor''s list of customers, the newest first.';
comment on index customers_due is 'The run reads who falls due, and when somebody does next.';
comment on index documents_of_nothing_by_period is 'Billed usage of the periods since a date.';
comment on index idempotency_keys_old is 'Forgets answers after two days (retention.ts).';
comment on index invoices_credits is 'The credit notes on an invoice: part of what is due of it.';
comment on index invoices_id is 'An id is one invoice''s whoever it is for: the vendor asks without naming the customer.';
comment on index invoices_newest is 'A customer''s list, the last issued first.';
comment on index invoices_to_bill_again is 'Void documents whose lines wait to be billed anew: mostly none, read with every state.';
comment on index payments_id is 'A payment is reversed by its id, without naming the customer.';
comment on index portal_sessions_over is 'Forgets sessions after SESSION_RETENTION_DAYS (retention.ts).';
comment on index quotes_expired is 'Forgets quotes of all customers after a week (retention.ts).';
comment on index rejected_events_all is 'The vendor''s list of refused events, the last refused first.';
comment on index rejected_events_newest is 'The most refused events that are kept of a customer.';
comment on index reservations_old is 'A customer''s list, and forgets what can no longer be settled.';
comment on index usage_events_apart is 'After-end usage and history of a customer: an index of few rows, where there are any.';
comment on index usage_events_stored is 'What arrived after its period was billed.';
comment on index voided_events_newest is 'Whether something was taken back since a customer looked.';

-- 0041 looks at the rows of customers, which the owner of the tables does not see.
create policy owner_looks on balance_transactions for select to current_user using (true);
create policy owner_looks on balance_adjustments for select to current_user using (true);
create policy owner_looks on customers for select to current_user using (true);
create policy owner_looks on customers_with_large_days for select to current_user using (true);
create policy owner_looks on historical_daily for select to current_user using (true);
create policy owner_looks on invoices for select to current_user using (true);
create policy owner_looks on payments for select to current_user using (true);
create policy owner_looks on phases for select to current_user using (true);
create policy owner_looks on refunds for select to current_user using (true);
create policy owner_looks on subscriptions for select to current_user using (true);

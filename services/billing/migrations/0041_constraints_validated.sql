-- What there was before 0040 keeps its rules too. This takes no lock that keeps anybody from reading or writing.
alter table balance_transactions validate constraint balance_transactions_name_an_invoice;
alter table balance_transactions validate constraint balance_transactions_wait_for_a_credit_note;
alter table historical_daily validate constraint historical_daily_of_a_customer;
alter table historical_daily validate constraint historical_daily_of_a_meter;
alter table customers_with_large_days validate constraint customers_with_large_days_exist;
alter table meter_fills validate constraint meter_fills_of_a_meter;
alter table balance_transactions validate constraint balance_transactions_have_their_sign;
alter table invoices validate constraint invoices_fall_due_after_issue;
alter table invoices validate constraint invoices_are_paid_at_most_once;
alter table invoices validate constraint invoices_credit_notes_give_back;
alter table invoices validate constraint invoices_give_a_reason_when_void;
alter table documents_of_nothing validate constraint documents_of_nothing_kinds;
alter table invoice_numbers validate constraint invoice_numbers_series;
alter table invoice_numbers validate constraint invoice_numbers_months;
alter table phases validate constraint phases_begin_on_or_after_their_anchor;
alter table subscriptions validate constraint subscriptions_end_after_they_begin;
alter table quotes validate constraint quotes_have_seats;
alter table quotes validate constraint quotes_hold_for_a_while;
alter table discounts validate constraint discounts_have_a_value;
alter table customers validate constraint customers_versions_begin_with_one;
alter table portal_sessions validate constraint portal_sessions_locales;
alter table portal_sessions validate constraint portal_sessions_codes_hold_for_a_while;
alter table portal_sessions validate constraint portal_sessions_renew_once_opened;
alter table secret_keys validate constraint secret_keys_show_both_ends;
alter table idempotency_keys validate constraint idempotency_keys_hold_an_answer;
alter table meters validate constraint meters_break_down_what_adds_up;
alter table meter_fills validate constraint meter_fills_count_events;
alter table rejected_events validate constraint rejected_events_were_rejected;
alter table reservations validate constraint reservations_settle_parts;
alter table reservations validate constraint reservations_close_after_they_open;
alter table usage_daily validate constraint usage_daily_counts;
alter table historical_daily validate constraint historical_daily_counts;
alter table usage_groups validate constraint usage_groups_counts;
alter table historical_groups validate constraint historical_groups_counts;
alter table usage_group_values validate constraint usage_group_values_of_a_month;

do $$
declare
  missing text;
begin
  select format('invoice %s of %s', i.id, i.customer_id) into missing
  from invoices i
  where i.cause_kind is not null
    and not case i.cause_kind
      when 'phase' then exists (select from phases p where (p.customer_id, p.id) = (i.customer_id, i.cause_id))
      else exists (select from subscriptions s where (s.customer_id, s.id) = (i.customer_id, split_part(i.cause_id, ' ', 1)))
    end
  limit 1;
  if missing is not null then
    raise foreign_key_violation using constraint = 'invoices_cause_exists', message = format('%s names a cause that does not exist', missing);
  end if;
  select format('balance transaction %s of %s', m.id, m.customer_id) into missing
  from balance_transactions m
  where m.cause_id is not null
    and not case m.reason
      when 'refund' then exists (select from refunds r where (r.customer_id, r.id) = (m.customer_id, m.cause_id))
      when 'adjustment' then exists (select from balance_adjustments a where (a.customer_id, a.id) = (m.customer_id, m.cause_id))
      when 'application_undone' then exists (select from balance_transactions b where (b.customer_id, b.id) = (m.customer_id, m.cause_id))
      else exists (select from payments p where (p.customer_id, p.id) = (m.customer_id, m.cause_id))
    end
  limit 1;
  if missing is not null then
    raise foreign_key_violation using constraint = 'balance_transactions_cause_exists', message = format('%s names a cause that does not exist', missing);
  end if;
end $$;

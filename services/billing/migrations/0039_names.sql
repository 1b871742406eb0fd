-- Tables, columns and documents take the field's words. What was kept is kept; what a document says is said under other names, and its hash is of that.

alter table stretches rename to phases;
alter table scheduled_changes rename column stretch_id to phase_id;
alter table credit_movements rename to balance_transactions;
alter table changes rename to activity;
alter table invoices rename column lowered to applied_to_invoice;

-- What a document was issued for, where its kind and period leave that open: the phase it begins, the subscription it ended, or the reopening of one.
alter table invoices rename column stretch_id to cause_id;
alter table invoices add column cause_kind text check (cause_kind in ('phase', 'subscription', 'reopening'));

-- Indexes and constraints are named by their tables.
do $$
declare old record;
begin
  for old in
    select c.oid::regclass as name, c.relname from pg_class c
    where c.relnamespace = current_schema()::text::regnamespace and c.relkind in ('i', 'S') and c.relname ~ '^(stretches|credit_movements|changes)_'
  loop
    execute format('alter %s %s rename to %I', case when old.relname like '%\_seq' then 'sequence' else 'index' end, old.name,
      regexp_replace(replace(old.relname, 'credit_movements', 'balance_transactions'), '^(stretches|changes)_', case when old.relname like 'stretches%' then 'phases_' else 'activity_' end));
  end loop;
  for old in
    select conrelid::regclass as name, conname from pg_constraint
    where connamespace = current_schema()::text::regnamespace and conname ~ '^(stretches|credit_movements|changes)_'
  loop
    execute format('alter table %s rename constraint %I to %I', old.name, old.conname,
      regexp_replace(replace(old.conname, 'credit_movements', 'balance_transactions'), '^(stretches|changes)_', case when old.conname like 'stretches%' then 'phases_' else 'activity_' end));
  end loop;
end $$;

-- JSON as documents are hashed: sorted keys, no white space.
create function pg_temp.canonical(value jsonb) returns text language plpgsql as $$
begin
  case jsonb_typeof(value)
    when 'object' then return '{' || coalesce((
      select string_agg(to_jsonb(key)::text || ':' || pg_temp.canonical(member), ',' order by key collate "C") from jsonb_each(value) as e(key, member)), '') || '}';
    when 'array' then return '[' || coalesce((
      select string_agg(pg_temp.canonical(element), ',' order by place) from jsonb_array_elements(value) with ordinality as a(element, place)), '') || ']';
    else return value::text;
  end case;
end $$;

-- The names of now, in whatever holds lines or documents.
create function pg_temp.renamed(value jsonb) returns jsonb language plpgsql as $$
begin
  case jsonb_typeof(value)
    when 'object' then return coalesce((
      select jsonb_object_agg(
        case key when 'explain' then 'breakdown' when 'stretchId' then 'phaseId' else key end,
        case
          when key = 'kind' and member = '"closing"' then '"final"'::jsonb
          when key = 'kind' and member = '"credit"' and value ? 'taxRate' then case when value ? 'credited' then '"credit_note"' else '"unused_time"' end::jsonb
          else pg_temp.renamed(member)
        end) from jsonb_each(value) as e(key, member)), '{}');
    when 'array' then return coalesce((
      select jsonb_agg(pg_temp.renamed(element) order by place) from jsonb_array_elements(value) with ordinality as a(element, place)), '[]');
    else return value;
  end case;
end $$;

alter table invoices drop constraint invoices_kind_check;
drop index invoices_once;
alter table invoices no force row level security;
alter table phases no force row level security;
update invoices i set cause_kind = case
    when cause_id = '' then null when cause_id like '% %' then 'reopening'
    when exists (select from phases p where (p.customer_id, p.id) = (i.customer_id, i.cause_id)) then 'phase' else 'subscription'
  end;
-- A hash that was not that of its document is no more right than before: it stays for `reconcile` to find.
with said as (
  select customer_id, id, encode(sha256(convert_to(pg_temp.canonical(document), 'UTF8')), 'hex') = sha256 as is_whole,
    (pg_temp.renamed(document) - 'phaseId')
      || jsonb_build_object('cause', case when cause_kind is null then null else jsonb_build_object('kind', cause_kind, 'id', cause_id) end) as document
  from invoices
)
update invoices i
set document = s.document, kind = case when i.kind = 'closing' then 'final' else i.kind end,
  sha256 = case when s.is_whole then encode(sha256(convert_to(pg_temp.canonical(s.document), 'UTF8')), 'hex') else i.sha256 end
from said s where (s.customer_id, s.id) = (i.customer_id, i.id);
alter table phases force row level security;
alter table invoices force row level security;
alter table invoices add constraint invoices_kind_check check (kind in ('start', 'renewal', 'change', 'final', 'charge', 'credit_note'));
alter table invoices add constraint invoices_name_their_cause check ((cause_kind is null) = (cause_id = ''));
-- One document of a kind for a period and cause among those that are not void; a charge and a credit note are told apart by their ids.
create unique index invoices_once on invoices (customer_id, kind, period_start, cause_id) where voided_at is null and kind not in ('charge', 'credit_note');

alter table documents_of_nothing no force row level security;
update documents_of_nothing set kind = case when kind = 'closing' then 'final' else kind end, document = pg_temp.renamed(document);
alter table documents_of_nothing force row level security;

-- An answer that is kept is told again in the words of now. A quote of before is worked out anew: it holds for minutes.
alter table idempotency_keys no force row level security;
update idempotency_keys set body = pg_temp.renamed(body);
alter table idempotency_keys force row level security;
alter table quotes no force row level security;
delete from quotes;
alter table quotes force row level security;

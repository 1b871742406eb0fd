-- The owner of the tables sees no customer again.
drop policy owner_looks on balance_transactions;
drop policy owner_looks on balance_adjustments;
drop policy owner_looks on customers;
drop policy owner_looks on customers_with_large_days;
drop policy owner_looks on historical_daily;
drop policy owner_looks on invoices;
drop policy owner_looks on payments;
drop policy owner_looks on phases;
drop policy owner_looks on refunds;
drop policy owner_looks on subscriptions;

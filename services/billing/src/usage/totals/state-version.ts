/**
 * SQL: what tells whether what was remembered of a customer's quota still holds: their history and the
 * meters. Each only counts on, so their sum stays the same only where both do.
 */
export const historyVersion = 'history_version + (select version from meters_version)'

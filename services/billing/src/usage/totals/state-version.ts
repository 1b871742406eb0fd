import { sql } from '@customer-portal/database'
/**
 * SQL: the version of a customer's cached quota: of their state and of the meters. Each only increases, so
 * their sum is the same only where both are.
 */
export const historyVersion = sql`history_version + (select version from meters_version)`

import { BillingError, type Code as BillingCode } from '@customer-portal/billing'
import { WorkbenchError, type WorkbenchCode } from '@customer-portal/workbench'

/** Every mistake that only a request over HTTP can make, and what happens to the server itself. */
export const httpCodes = [
  'forbidden',
  'scope_missing',
  'method_not_allowed',
  'unsupported_media_type',
  'database_unavailable',
  'database_full',
  'streams_full',
] as const
export type HttpCode = (typeof httpCodes)[number]

/** Every code a caller may get, whoever owns it. */
export type Code = BillingCode | WorkbenchCode | HttpCode

/** A mistake in how something is asked for over HTTP. */
export class HttpError extends Error {
  readonly code: HttpCode
  readonly detail: BillingError['detail']
  constructor(code: HttpCode, detail: BillingError['detail'] = {}) {
    super(detail.message ? `${code}: ${detail.message}` : code)
    this.name = 'HttpError'
    this.code = code
    this.detail = detail
  }
}

/** Whether an error is a caller's mistake of a closed list: one of billing, the desk or HTTP. */
export function isFailure(error: unknown): error is BillingError | WorkbenchError | HttpError {
  return error instanceof BillingError || error instanceof WorkbenchError || error instanceof HttpError
}

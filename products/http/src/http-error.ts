import { BillingError, type Code as BillingCode } from '@customer-portal/billing'
import { WorkbenchError, type WorkbenchCode } from '@customer-portal/workbench'

/** Error codes of mistakes that only an HTTP request can make, and of the server's own state. */
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

/** Every error code of the API, whichever service owns it. */
export type Code = BillingCode | WorkbenchCode | HttpCode

/** A mistake in an HTTP request, independent of the command it asks for. */
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

/** Whether an error is a caller's mistake with a known code: of billing, the workbench or HTTP. */
export function isFailure(error: unknown): error is BillingError | WorkbenchError | HttpError {
  return error instanceof BillingError || error instanceof WorkbenchError || error instanceof HttpError
}

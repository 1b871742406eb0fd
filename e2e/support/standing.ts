import { inject } from 'vitest'
import { standingClock } from './server.ts'
import { vendorOf } from './vendor.ts'

export { browser } from './shared.ts'

/**
 * The server on a test clock, with the demo near the end of a billing period, and its API as the vendor's own
 * server calls it.
 */
export const url = inject('standingUrl')
export const vendor = vendorOf(url, inject('secretKey'))
/** The time of that clock. */
export const now = standingClock

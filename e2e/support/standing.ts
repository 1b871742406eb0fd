import { inject } from 'vitest'
import { standingClock } from './server.ts'
import { vendorOf } from './vendor.ts'

export { browser } from './shared.ts'

/**
 * The server whose clock stands, with the demo as it is near the end of a billing period, and its API as the
 * vendor's own server calls it.
 */
export const url = inject('standingUrl')
export const vendor = vendorOf(url, inject('secretKey'))
/** Where that clock stands. */
export const now = standingClock

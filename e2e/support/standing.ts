import { inject } from 'vitest'
import { standingClock as now } from './server.ts'
import { vendorOf } from './vendor.ts'

export { browser } from './shared.ts'
export { now }

/** The server whose clock stands, with the demo as it is near the end of a billing period, and its API as the vendor's own server calls it. */
export const url = inject('standingUrl')
export const vendor = vendorOf(url, inject('secretKey'))

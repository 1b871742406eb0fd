import { QueryClient } from '@tanstack/vue-query'
import { expect, test, vi } from 'vitest'
import { readAhead } from './first-reads.ts'

/** The names of the queries prefetched for a URL. Without a session none of them is sent. */
function askedAt(address: string): unknown[] {
  vi.stubGlobal('fetch', () => {
    throw new Error('nothing may be sent before there is a token')
  })
  const client = new QueryClient()
  readAhead(client, new URL(`https://billing.example.com/portal${address}`))
  return client
    .getQueryCache()
    .getAll()
    .map(({ queryKey }) => queryKey)
}
const always = [['session'], ['account']]

test('every page prefetches its session, its account and what it shows first', () => {
  expect(askedAt('')).toEqual([
    ...always,
    ['subscription'],
    ['usage', 'current'],
    ['plans'],
    ['invoices', { limit: 4 }],
    ['invoices', 'summary'],
  ])
  expect(askedAt('/subscription?paid=year')).toEqual([
    ...always,
    ['subscription'],
    ['plans'],
    ['advice'],
    ['usage', 'current'],
  ])
  expect(askedAt('/account')).toEqual(always)
  expect(askedAt('/nowhere')).toEqual(always)
})

test('the filters in the URL apply to the prefetched queries', () => {
  expect(askedAt('/usage?from=2026-11-01&to=2026-11-07&group=channel')).toEqual([
    ...always,
    ['usage', 'current'],
    ['usage', 'days', { start: '2026-11-01', end: '2026-11-07', groupBy: 'channel' }],
  ])
  expect(askedAt('/usage')).toEqual([
    ...always,
    ['usage', 'current'],
    ['usage', 'days', {}],
    ['usage', 'lines', 'current'],
  ])
  expect(askedAt('/usage?period=2026-10')).toEqual([...always, ['usage', 'current']])
  const list = ['invoices', { status: 'open', year: undefined, limit: 20 }]
  expect(askedAt('/invoices?status=open')).toEqual([
    ...always,
    list,
    ['balance-transactions'],
    ['subscription'],
    ['invoices', 'summary'],
  ])
  expect(askedAt('/invoices/inv_1?status=open')).toEqual([
    ...always,
    list,
    ['balance-transactions'],
    ['subscription'],
    ['invoices', 'summary'],
    ['invoice', 'inv_1'],
  ])
})

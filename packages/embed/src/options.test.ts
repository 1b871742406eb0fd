import { expect, test } from 'vitest'
import { check } from './options.ts'
import { PortalError } from './errors.ts'

const sentence = (...parameters: Parameters<typeof check>) => {
  try {
    check(...parameters)
    return undefined
  } catch (error) {
    return error instanceof PortalError && error.code === 'bad_options'
      ? error.message
      : `not ours: ${String(error)}`
  }
}

test.each([
  ['url', 'https://billing.example.com/portal'],
  ['url', '/portal'],
  ['url', 'http://127.0.0.1:8000/portal/'],
  ['theme', 'system'],
  ['locale', 'en'],
  ['height', 'auto'],
  ['path', '/usage?period=2026-11'],
  ['accountId', null],
  ['accountId', 'hongyuan'],
  ['getToken', async () => null],
] as const)('%s may be %s', (name, value) => {
  expect(sentence(name, value)).toBeUndefined()
})

test.each([
  [
    'url',
    'https://billing.example.com/portal?token=pt_1',
    "`url` must be the portal's address without query and hash, such as "
      + "'https://billing.example.com/portal', not 'https://billing.example.com/portal?token…'.",
  ],
  [
    'url',
    'javascript:alert(1)',
    "`url` must be the portal's address without query and hash, such as "
      + "'https://billing.example.com/portal', not 'javascript:alert(1)'.",
  ],
  [
    'url',
    'https://',
    "`url` must be the portal's address without query and hash, such as "
      + "'https://billing.example.com/portal', not 'https://'.",
  ],
  [
    'url',
    undefined,
    "`url` must be the portal's address without query and hash, such as "
      + "'https://billing.example.com/portal', not undefined.",
  ],
  ['getToken', 'pt_1', "`getToken` must be a function that answers a token or null, not 'pt_1'."],
  ['theme', 'blue', "`theme` must be 'light', 'dark' or 'system', not 'blue'."],
  ['locale', 'en-US', "`locale` must be 'zh-CN' or 'en', not 'en-US'."],
  ['height', 600, "`height` must be 'fill' or 'auto', not 600."],
  [
    'path',
    'usage',
    "`path` must be a page of the portal that starts with a slash, such as '/usage', not 'usage'.",
  ],
  ['title', ' ', "`title` must be a text, not ' '."],
  ['onNavigate', {}, '`onNavigate` must be a function, not a value of type object.'],
] as const)('%s may not be %s, and the error says what it may be', (name, value, expected) => {
  expect(sentence(name, value)).toBe(expected)
})

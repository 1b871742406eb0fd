import { expect, test } from 'vitest'
import { parseOptions } from './options.ts'

const least = [
  'usage',
  'events.csv.gz',
  '--url',
  'http://127.0.0.1:8000/',
  '--key',
  'sk_1',
  '--meter',
  'requests',
]
const parse = (...more: string[]) => parseOptions([...least, ...more], {})

test('file, server, key and a meter are enough', () => {
  expect(parse()).toEqual({
    file: 'events.csv.gz',
    url: 'http://127.0.0.1:8000',
    key: 'sk_1',
    batch: 1000,
    parallel: 3,
    historical: false,
    createMeters: false,
    createCustomers: false,
    timezone: 'UTC',
    timesIn: 'UTC',
    encoding: undefined,
    delimiter: undefined,
    plan: undefined,
    startsAt: undefined,
    state: 'events.csv.gz.progress',
    restart: false,
    rejected: undefined,
    mapping: {
      customer: 'customer_id',
      id: 'event_id',
      time: 'timestamp',
      meters: [{ meter: 'requests', column: 'requests' }],
      properties: [],
    },
  })
})

test('a meter may take its quantity from a column of another name', () => {
  expect(parse('--meter', 'tokens=input_tokens', '--property', 'model').mapping).toMatchObject({
    meters: [
      { meter: 'requests', column: 'requests' },
      { meter: 'tokens', column: 'input_tokens' },
    ],
    properties: ['model'],
  })
})

test('the key may come from the environment, to stay out of the shell history', () => {
  expect(
    parseOptions(['usage', 'a.csv', '--url', 'http://127.0.0.1:1', '--meter', 'a'], {
      BILLING_API_KEY: 'sk_2',
    }).key,
  ).toBe('sk_2')
})

test.each([
  [['usage'], 'Name what to import and one file'],
  [['usage', 'a.csv', '--url', 'nowhere', '--key', 'k', '--meter', 'a'], '--url must be'],
  [['usage', 'a.csv', '--url', 'http://127.0.0.1:1', '--meter', 'a'], '--key must be'],
  [['usage', 'a.csv', '--url', 'http://127.0.0.1:1', '--key', 'k'], '--meter must be given'],
  [[...least, '--meter', 'a=b=c'], '--meter must read METER or METER=COLUMN, not "a=b=c"'],
  [[...least, '--batch', '1001'], '--batch must be a whole number from 1 to 1000, not "1001"'],
  [[...least, '--plan', 'pro'], '--plan goes with --create-customers'],
  [
    [...least, '--encoding', 'latin1'],
    '--encoding must be one of utf-8, gb18030, utf-16le, utf-16be, not "latin1"',
  ],
  [[...least, '--delimiter', ';'], '--delimiter must be one of comma, semicolon, tab, pipe, not ";"'],
  [[...least, '--times-in', 'Peking'], '--times-in must be a time zone such as Asia/Shanghai, not "Peking"'],
  [[...least, '--colour'], "Unknown option '--colour'"],
])('a wrong command line says how to fix it: %j', (parameters, sentence) => {
  expect(() => parseOptions(parameters, {})).toThrow(sentence)
})

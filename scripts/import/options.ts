import { parseArgs } from 'node:util'
import { delimiters } from './csv.ts'
import { encodings, type Encoding } from './encoding.ts'

/** One meter and the column of its quantity. */
export interface MeterColumn {
  meter: string
  column: string
}

/** What the columns of the file mean. */
export interface Mapping {
  customer: string
  id: string
  time: string
  meters: MeterColumn[]
  properties: string[]
}

export interface ImportOptions {
  file: string
  url: string
  key: string
  mapping: Mapping
  /** Events per request, at most 1,000. */
  batch: number
  /** Concurrent requests. */
  parallel: number
  createMeters: boolean
  createCustomers: boolean
  /** The lines are older than 35 days: they are shown, and not billed. */
  historical: boolean
  /** For customers that are created. */
  timezone: string
  /** The zone of times written without one. */
  timesIn: string
  encoding: Encoding | undefined
  delimiter: string | undefined
  plan: string | undefined
  startsAt: string | undefined
  state: string
  restart: boolean
  rejected: string | undefined
}

/** The command line is wrong; the message says how to fix it. */
export class UsageMistake extends Error {}

export const usage = `npm run import -- usage FILE.csv[.gz] --url URL --key KEY --meter METER[=COLUMN] …

Sends each line of a CSV file (with a header) to a running server: one event for each meter.

  --url URL                the server, for example http://127.0.0.1:8000
  --key KEY                a secret key of the vendor's API (or the variable BILLING_API_KEY)
  --meter METER[=COLUMN]   a meter and the column with its quantity; may be given several times
  --customer-column NAME   default: customer_id
  --id-column NAME         default: event_id; with several meters an event's id is "<id>:<meter>"
  --time-column NAME       default: timestamp
  --times-in ZONE          the zone of times written without one; default: that of --timezone
  --encoding NAME          utf-8, gb18030, utf-16le or utf-16be; found out when absent (GBK is read as GB 18030)
  --delimiter NAME         comma, semicolon, tab or pipe; found out from the header when absent
  --property COLUMN        a column kept as a property of the event; may be given several times
  --historical             the lines are history, older than 35 days: shown, never billed; younger ones are rejected
  --create-meters          make the meters that do not exist
  --create-customers       make the customers that do not exist
  --timezone ZONE          their time zone; default: UTC
  --plan ID                with --create-customers: subscribe to this plan each customer of the file that has no subscription
  --starts-at INSTANT      when that subscription starts; default: the 1st of the month of the first line (with --historical: now)
  --batch N                events a request, 1 to 1000; default: 1000
  --parallel N             requests under way at once, 1 to 8; default: 3
  --rejected FILE          write every rejected line there, as CSV
  --state FILE             where to note how far it came; default: FILE.csv.progress
  --restart                begin with the first line, whatever was noted

Running it twice counts nothing twice: an event that the server already has is a duplicate. After an interruption the same command goes on
where it stopped. Exit code: 0 all lines taken, 1 some lines were rejected or the import failed.`

/** Parses the command line. Throws UsageMistake with a sentence that names the option. */
export function parseOptions(
  parameters: string[],
  environment: Record<string, string | undefined>,
): ImportOptions {
  const { values, positionals } = readParameters(parameters)
  const [what, file, ...more] = positionals
  if (what !== 'usage' || !file || more.length > 0)
    throw new UsageMistake('Name what to import and one file: usage FILE.csv')
  const key = values.key ?? environment.BILLING_API_KEY
  if (!values.url || !URL.canParse(values.url))
    throw new UsageMistake('--url must be the address of the server, for example http://127.0.0.1:8000')
  if (!key) throw new UsageMistake("--key must be a secret key of the vendor's API")
  if (values.plan && !values['create-customers'])
    throw new UsageMistake('--plan goes with --create-customers')
  const meters = (values.meter ?? []).map(meterColumn)
  if (meters.length === 0)
    throw new UsageMistake('--meter must be given at least once, for example --meter requests=requests')
  const batch = wholeNumber('--batch', values.batch, 1000, 1000)
  if (meters.length > batch) throw new UsageMistake('--batch must be at least the number of meters')
  return {
    file,
    url: values.url.replace(/\/+$/, ''),
    key,
    batch,
    mapping: {
      customer: values['customer-column'] ?? 'customer_id',
      id: values['id-column'] ?? 'event_id',
      time: values['time-column'] ?? 'timestamp',
      meters,
      properties: values.property ?? [],
    },
    parallel: wholeNumber('--parallel', values.parallel, 3, 8),
    historical: values.historical ?? false,
    createMeters: values['create-meters'] ?? false,
    createCustomers: values['create-customers'] ?? false,
    timezone: values.timezone ?? 'UTC',
    timesIn: zone('--times-in', values['times-in'] ?? values.timezone ?? 'UTC'),
    encoding: oneOf('--encoding', values.encoding?.toLowerCase(), encodings),
    delimiter: delimiterNamed(values.delimiter),
    plan: values.plan,
    startsAt: values['starts-at'],
    state: values.state ?? `${file}.progress`,
    restart: values.restart ?? false,
    rejected: values.rejected,
  }
}

function readParameters(args: string[]) {
  const text = { type: 'string' } as const
  const texts = { type: 'string', multiple: true } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        url: text,
        key: text,
        meter: texts,
        property: texts,
        'customer-column': text,
        'id-column': text,
        'time-column': text,
        historical: flag,
        'create-meters': flag,
        'create-customers': flag,
        timezone: text,
        'times-in': text,
        encoding: text,
        delimiter: text,
        plan: text,
        'starts-at': text,
        batch: text,
        parallel: text,
        rejected: text,
        state: text,
        restart: flag,
      },
    })
  } catch (error) {
    throw new UsageMistake(error instanceof Error ? error.message : String(error))
  }
}

function zone(name: string, text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }) && text
  } catch {
    throw new UsageMistake(`${name} must be a time zone such as Asia/Shanghai, not "${text}"`)
  }
}

function oneOf<T extends string>(
  name: string,
  text: string | undefined,
  allowed: readonly T[],
): T | undefined {
  if (text === undefined) return undefined
  const found = allowed.find((one) => one === text)
  if (found === undefined)
    throw new UsageMistake(`${name} must be one of ${allowed.join(', ')}, not "${text}"`)
  return found
}

function delimiterNamed(text: string | undefined): string | undefined {
  const name = oneOf('--delimiter', text, Object.keys(delimiters) as (keyof typeof delimiters)[])
  return name && delimiters[name]
}

function meterColumn(text: string): MeterColumn {
  const [meter = '', column = meter, ...more] = text.split('=')
  if (meter === '' || column === '' || more.length > 0)
    throw new UsageMistake(`--meter must read METER or METER=COLUMN, not "${text}"`)
  return { meter, column }
}

function wholeNumber(name: string, text: string | undefined, byDefault: number, most: number): number {
  if (text === undefined) return byDefault
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new UsageMistake(`${name} must be a whole number from 1 to ${most}, not "${text}"`)
  return value
}

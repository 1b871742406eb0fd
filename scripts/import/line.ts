import { instantShown } from './local-time.ts'
import type { Mapping } from './options.ts'

/** One line of the file: its number (the header is line 1) and its cells. */
export interface Line {
  number: number
  cells: string[]
  /** Why it could not be read: then it has no cells. */
  mistake?: string
}

/** An event as the vendor's API takes it. */
export interface UsageEvent {
  id: string
  customerId: string
  meter: string
  /** A number, or its decimal text where a float would say another one. */
  quantity: number | string
  time: string
  properties?: Record<string, string>
  historical?: true
}

/** A line, or one event of it, that the server does not have, and why. */
export interface Rejection {
  line: number
  id: string
  code: string
  detail: string
}

/** What one line came to: its events, or the reason why it has none. */
export interface LineEvents {
  line: number
  events: UsageEvent[]
  rejections: Rejection[]
}

/**
 * Answers the function that turns lines into events, of history where asked; a time without a zone is one of
 * `timesIn`. Throws when the header lacks a column that the mapping names.
 */
export function lineReader(
  header: string[],
  mapping: Mapping,
  timesIn = 'UTC',
  historical = false,
): (line: Line) => LineEvents {
  const place = (column: string) => {
    const found = header.indexOf(column)
    if (found < 0)
      throw new Error(`The file has no column "${column}". Its columns are: ${header.join(', ')}.`)
    return found
  }
  const [customer, id, time] = [place(mapping.customer), place(mapping.id), place(mapping.time)]
  const meters = mapping.meters.map(({ meter, column }) => ({ meter, column, at: place(column) }))
  const properties = mapping.properties.map((column) => ({ column, at: place(column) }))

  return ({ number: line, cells, mistake }) => {
    const cell = (at: number) => cells[at]?.trim() ?? ''
    const reject = (eventId: string, detail: string): Rejection => ({
      line,
      id: eventId,
      code: 'unreadable_line',
      detail,
    })
    if (mistake !== undefined) return { line, events: [], rejections: [reject('', mistake)] }
    if (cells.length !== header.length)
      return {
        line,
        events: [],
        rejections: [reject(cell(id), `The line has ${cells.length} cells, the header ${header.length}.`)],
      }
    const kept = Object.fromEntries(
      properties.map(({ column, at }) => [column, cell(at)]).filter(([, value]) => value !== ''),
    )
    const result: LineEvents = { line, events: [], rejections: [] }
    const at = instant(cell(time), timesIn)
    if (at === undefined)
      return {
        line,
        events: [],
        rejections: [reject(cell(id), `No clock in ${timesIn} ever shows "${cell(time)}".`)],
      }
    for (const { meter, column, at: place } of meters) {
      const eventId = meters.length > 1 ? `${cell(id)}:${meter}` : cell(id)
      const quantity = quantityIn(cell(place))
      if (quantity === undefined)
        result.rejections.push(
          reject(
            eventId,
            `Column "${column}" holds "${cell(place)}", which is no number that the API takes.`,
          ),
        )
      else
        result.events.push({
          id: eventId,
          customerId: cell(customer),
          meter,
          quantity,
          time: at,
          ...(Object.keys(kept).length > 0 ? { properties: kept } : {}),
          ...(historical ? { historical } : {}),
        })
    }
    return result
  }
}

/**
 * The quantity a cell says: a number, or the decimal as it stands where a float would say another one;
 * undefined for what is no number.
 */
export function quantityIn(cell: string): number | string | undefined {
  if (!/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(cell) || cell.length > mostDigits) return undefined
  const text = cell.replace(/^\+/, '')
  const value = Number(text)
  const digits = text
    .replace(/[eE].*/, '')
    .replace(/^-?0*|\./g, '')
    .replace(/^0+/, '')
  if (Number.isSafeInteger(value)) return value === 0 && digits !== '' ? text : value
  return digits.length <= 15 && Number.isFinite(value) ? value : text
}

/** The longest text the API takes for a quantity. */
const mostDigits = 64

/**
 * The time as RFC 3339; one without a zone is what clocks in `timesIn` show (the first of two), undefined
 * where they skip it. `2026/4/30 20:00` is read too. Anything else stays as it is, for the server to refuse.
 */
export function instant(text: string, timesIn = 'UTC'): string | undefined {
  const parts =
    /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s?(Z|[+-]\d{2}:?\d{2})?$/i.exec(
      text,
    )
  if (!parts) return text
  const [, year = '', , month = '', day = '', hours = '', minutes = '', seconds = '00', fraction = '', zone] =
    parts
  const two = (digits: string) => digits.padStart(2, '0')
  const shown = `${year}-${two(month)}-${two(day)}T${two(hours)}:${minutes}:${seconds}`
  if (zone !== undefined)
    return `${shown}${fraction}${zone.toUpperCase().replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`
  const milliseconds = Date.parse(`${shown}Z`)
  if (timesIn === 'UTC' || Number.isNaN(milliseconds)) return `${shown}${fraction}Z`
  const at = instantShown(milliseconds, timesIn)
  return at === undefined ? undefined : `${new Date(at).toISOString().slice(0, 19)}${fraction}Z`
}

import { instantShown } from './local-time.ts'
import type { Mapping } from './options.ts'

/** One line of the file: its number (the header is line 1) and its cells. */
export interface Line {
  number: number
  cells: string[]
  /** Why it could not be read; it then has no cells. */
  mistake?: string
}

/** An event in the vendor's API. */
export interface UsageEvent {
  id: string
  customerId: string
  meter: string
  /** A number, or its decimal text where a float would change it. */
  quantity: number | string
  time: string
  properties?: Record<string, string>
  historical?: true
}

/** A line, or one event of it, that is not on the server, and the reason. */
export interface Rejection {
  line: number
  id: string
  code: string
  detail: string
}

/** The result of one line: its events, or the reason why it has none. */
export interface LineEvents {
  line: number
  events: UsageEvent[]
  rejections: Rejection[]
}

/**
 * Returns the function that turns lines into events, marked historical on request. A time without a zone is
 * local time of `timesIn`. Throws when the header lacks a column of the mapping.
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
 * Parses a quantity: a number, or its decimal text where a float would change it; undefined for other text.
 */
export function quantityIn(cell: string): number | string | undefined {
  if (!/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(cell) || cell.length > maxDigits) return undefined
  const text = cell.replace(/^\+/, '')
  const value = Number(text)
  const digits = text
    .replace(/[eE].*/, '')
    .replace(/^-?0*|\./g, '')
    .replace(/^0+/, '')
  if (Number.isSafeInteger(value)) return value === 0 && digits !== '' ? text : value
  return digits.length <= 15 && Number.isFinite(value) ? value : text
}

/** Maximum length of a quantity in the API. */
const maxDigits = 64

/**
 * The time as RFC 3339. One without a zone is local time of `timesIn` (the first of two at a DST change),
 * undefined when DST skips it. `2026/4/30 20:00` is parsed too. Other text is returned unchanged, and the
 * server rejects it.
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

import pg from 'pg'

/** Parses the text the database sends for one column into the same value on both databases. */
export type ColumnParser = (text: string) => unknown

const instantPattern = /^(\d{4,6}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/

/**
 * The instant as `YYYY-MM-DDTHH:MM:SS.ffffffZ`. Throws for infinity, for years before Christ and when the
 * session is not in UTC.
 */
export function instantFrom(text: string): string {
  const match = instantPattern.exec(text)
  if (!match) throw new RangeError(`The database sent an instant outside what is supported: ${text}`)
  return `${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(6, '0')}Z`
}

/** An int8 as a number. Throws beyond 2^53; read such a column as text. */
export function safeIntegerFrom(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`The database sent an integer beyond 2^53: ${text}`)
  return value
}

const bytesFrom = (text: string) => Uint8Array.from(Buffer.from(text.slice(2), 'hex'))
const textFrom = (text: string) => text

/** Type, array type, parser. A type that is not listed arrives as the database's own text. */
const types: [scalar: number, array: number, parse: ColumnParser][] = [
  [16, 1000, (text) => text === 't'], // boolean
  [17, 1001, bytesFrom], // bytea
  [20, 1016, safeIntegerFrom], // int8
  [21, 1005, Number], // int2
  [23, 1007, Number], // int4
  [26, 1028, Number], // oid
  [700, 1021, Number], // float4
  [701, 1022, Number], // float8
  [25, 1009, textFrom], // text
  [19, 1003, textFrom], // name
  [1042, 1014, textFrom], // char(n)
  [1043, 1015, textFrom], // varchar
  [114, 199, JSON.parse], // json
  [3802, 3807, JSON.parse], // jsonb
  [1082, 1182, textFrom], // date
  [1083, 1183, textFrom], // time
  [1114, 1115, textFrom], // timestamp without zone
  [1184, 1185, instantFrom], // timestamptz
  [1186, 1187, textFrom], // interval
  [1700, 1231, textFrom], // numeric
  [2950, 2951, textFrom], // uuid
]

interface ArrayParser {
  create(text: string, parse: ColumnParser): { parse(): unknown[] }
}

// The published types of this property are those of an older version.
const arrayParser = pg.types.arrayParser as unknown as ArrayParser

const arrayOf =
  (parse: ColumnParser): ColumnParser =>
  (text) =>
    arrayParser.create(text, parse).parse()

/**
 * Parsers by type oid. Both databases use this one list, so that a row is equal whichever of them it is read
 * from.
 */
export const columnParsers: Readonly<Record<number, ColumnParser>> = Object.fromEntries(
  types.flatMap(([scalar, array, parse]) => [
    [scalar, (text: string) => parse(text)],
    [array, arrayOf(parse)],
  ]),
)

/** Makes one node-postgres client use the parsers above instead of its defaults. */
export const clientTypes = {
  getTypeParser: (oid: number) => columnParsers[oid] ?? textFrom,
}

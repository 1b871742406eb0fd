import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { ExportedEvent, UsageExport } from '@customer-portal/billing'
import type { Language } from '@customer-portal/http'
import type { FastifyReply } from 'fastify'
import { writeXlsxStream } from 'hucre/xlsx'
import { Type } from 'typebox'
import { attachment, namePart } from './attachment.ts'
import { byteOrderMark, csvLine, type Cell } from './csv.ts'

const types = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}
type Format = keyof typeof types

const texts = {
  'zh-CN': {
    file: '用量',
    headings: (timezone: string) => [
      `时间（${timezone}）`,
      '计量项',
      '数量',
      '单位',
      '事件编号',
      '已撤销',
      '不计费',
    ],
    historical: '历史用量',
    afterEnd: '订阅结束后',
    exactTime: '精确时间',
    others: '其他属性',
  },
  en: {
    file: 'usage',
    headings: (timezone: string) => [
      `Time (${timezone})`,
      'Meter',
      'Quantity',
      'Unit',
      'Event id',
      'Voided',
      'Not billed',
    ],
    historical: 'historical',
    afterEnd: 'after the subscription ended',
    exactTime: 'Exact time',
    others: 'Other properties',
  },
}

/** The response of the route, for the documentation. */
export const UsageFileAnswer = {
  200: {
    description: 'The file',
    content: Object.fromEntries(
      Object.values(types).map((type) => [
        type.split(';')[0]!,
        { schema: Type.String({ format: 'binary' }) },
      ]),
    ),
  },
}

/**
 * Streams the events: it reads the next page when the client has taken the last, and none after the client
 * disconnects. An error half-way breaks the connection, so that a partial file is not taken for a complete
 * one. `onEnd` is called when reading stops, for whatever reason.
 */
export function sendUsageFile(
  reply: FastifyReply,
  usage: UsageExport,
  { format, language, onEnd }: { format: Format; language: Language; onEnd: () => void },
): FastifyReply {
  const { customer, start, end } = usage
  const named = (word: string, whose: string) => `${word}-${namePart(whose)}-${start}_${end}.${format}`
  const file =
    format === 'csv'
      ? Readable.from(csvOf(usage, language), { objectMode: false })
      : Readable.fromWeb(xlsxOf(usage, language))
  file.once('close', onEnd)
  return reply
    .headers({
      'content-disposition': attachment(
        named(texts[language].file, customer.companyName),
        named(texts.en.file, customer.id),
      ),
      'content-language': language,
    })
    .type(types[format])
    .send(file)
}

async function* csvOf({ timezone, columns, pages }: UsageExport, language: Language): AsyncGenerator<string> {
  yield (
    byteOrderMark + csvLine([...texts[language].headings(timezone), ...propertyHeadings(columns, language)])
  )
  for await (const page of pages)
    yield page.map((event) => csvLine([event.exactTime, ...cellsOf(event, columns, language)])).join('')
}

function xlsxOf({ timezone, columns, pages }: UsageExport, language: Language): ReadableStream {
  const [time = '', ...others] = texts[language].headings(timezone)
  const shown = [
    { header: time, width: 24, numFmt: 'yyyy-mm-dd hh:mm:ss.000' },
    { header: texts[language].exactTime, width: 34 },
    ...others.map((header, index) => ({ header, width: [16, 12, 10, 40, 24, 12][index]! })),
    ...propertyHeadings(columns, language).map((header) => ({ header: String(asItIs(header)), width: 24 })),
  ]
  return writeXlsxStream(rowsOf(columns, pages, language), {
    name: texts[language].file,
    columns: shown,
    freezePane: { rows: 1 },
  }) as ReadableStream
}

/**
 * A spreadsheet's date has no zone and at most milliseconds, so it holds the local time, with the exact
 * instant beside it as text.
 */
async function* rowsOf(columns: UsageExport['columns'], pages: UsageExport['pages'], language: Language) {
  for await (const page of pages) {
    for (const event of page)
      yield [
        new Date(`${event.clockTime.replace(' ', 'T')}Z`),
        event.exactTime,
        ...cellsOf(event, columns, language).map(asItIs),
      ]
  }
}

/**
 * In XLSX `_x0041_` means A (ECMA-376, ST_Xstring). A text that contains such a sequence has its first
 * character escaped that way, and so are the two characters that XML cannot hold and the writer does not
 * escape.
 */
function asItIs(cell: Cell): Cell {
  if (typeof cell !== 'string') return cell
  return cell
    .replaceAll(/_(?=x[\da-f]{4}_)/gi, '_x005F_')
    .replaceAll('\ufffe', '_xFFFE_')
    .replaceAll('\uffff', '_xFFFF_')
}

function propertyHeadings({ names, areAll }: UsageExport['columns'], language: Language): string[] {
  return areAll ? names : [...names, texts[language].others]
}

function cellsOf(
  event: ExportedEvent,
  { names, areAll }: UsageExport['columns'],
  language: Language,
): Cell[] {
  const { name, quantity, unit, id, voided, historical, afterEnd, properties } = event
  const notBilled = historical ? texts[language].historical : afterEnd ? texts[language].afterEnd : null
  const own = names.map((property) =>
    Object.hasOwn(properties, property) ? cellOf(properties[property]) : null,
  )
  const fixed = [name[language], quantity, unit[language], id, voided?.reason ?? null, notBilled]
  return areAll ? [...fixed, ...own] : [...fixed, ...own, othersOf(properties, names)]
}

/** Text and numbers stay as they are, anything else becomes JSON. */
function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value)
}

function othersOf(properties: Record<string, unknown>, names: readonly string[]): Cell {
  const others = Object.entries(properties).filter(([name]) => !names.includes(name))
  return others.length === 0 ? null : JSON.stringify(Object.fromEntries(others))
}

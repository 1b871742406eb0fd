import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { ExportedEvent, UsageExport } from '@customer-portal/billing'
import type { Language } from '@customer-portal/http'
import type { FastifyReply } from 'fastify'
import { writeXlsxStream } from 'hucre/xlsx'
import { Type } from 'typebox'
import { byteOrderMark, csvLine, type Cell } from './csv.ts'

const types = { csv: 'text/csv; charset=utf-8', xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' }
type Format = keyof typeof types

const texts = {
  'zh-CN': { file: '用量', headings: (timezone: string) => [`时间（${timezone}）`, '计量项', '数量', '单位', '事件编号', '属性'] },
  en: { file: 'usage', headings: (timezone: string) => [`Time (${timezone})`, 'Meter', 'Quantity', 'Unit', 'Event id', 'Properties'] },
}

/** The response of the route, for the documentation. */
export const UsageFileAnswer = {
  200: { description: 'The file', content: Object.fromEntries(Object.values(types).map((type) => [type.split(';')[0]!, { schema: Type.String({ format: 'binary' }) }])) },
}

/**
 * Sends the events as they are read: the next page is asked for when the reader has taken the last, and none when they have left. A failure in the middle
 * breaks the connection, so that half a file is not taken for a whole one. `onEnd` is called when nothing more is read, however it ended.
 */
export function sendUsageFile(reply: FastifyReply, usage: UsageExport, { format, language, onEnd }: { format: Format; language: Language; onEnd: () => void }): FastifyReply {
  const range = `${usage.start}_${usage.end}.${format}`
  const file = format === 'csv' ? Readable.from(csvOf(usage, language), { objectMode: false }) : Readable.fromWeb(xlsxOf(usage, language))
  file.once('close', onEnd)
  return reply.headers({
    'content-disposition': `attachment; filename="usage-${range}"; filename*=UTF-8''${encodeURIComponent(`${texts[language].file}-${range}`)}`,
    'content-language': language,
  }).type(types[format]).send(file)
}

async function* csvOf({ timezone, pages }: UsageExport, language: Language): AsyncGenerator<string> {
  yield byteOrderMark + csvLine(texts[language].headings(timezone))
  for await (const page of pages) yield page.map((event) => csvLine([event.clockTime, ...cellsOf(event, language)])).join('')
}

function xlsxOf({ timezone, pages }: UsageExport, language: Language): ReadableStream {
  const [time = '', ...others] = texts[language].headings(timezone)
  const columns = [{ header: time, width: 24, numFmt: 'yyyy-mm-dd hh:mm:ss.000' }, ...others.map((header, index) => ({ header, width: [16, 12, 10, 40, 60][index]! }))]
  return writeXlsxStream(rowsOf(pages, language), { name: texts[language].file, columns, freezePane: { rows: 1 } }) as ReadableStream
}

/** A spreadsheet's date has no zone: it is what the clock showed. */
async function* rowsOf(pages: UsageExport['pages'], language: Language) {
  for await (const page of pages) for (const event of page) yield [new Date(`${event.clockTime.replace(' ', 'T')}Z`), ...cellsOf(event, language).map(asItIs)]
}

/** In the file `_x0041_` stands for A (ECMA-376, ST_Xstring): where a text has it, its first character is written in that way. */
function asItIs(cell: Cell): Cell {
  return typeof cell === 'string' ? cell.replaceAll(/_(?=x[\da-f]{4}_)/gi, '_x005F_') : cell
}

function cellsOf(event: ExportedEvent, language: Language): Cell[] {
  const hasProperties = Object.keys(event.properties).length > 0
  return [event.name[language], event.quantity, event.unit[language], event.id, hasProperties ? JSON.stringify(event.properties) : null]
}

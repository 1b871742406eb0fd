import { jsonParser, jsonText, unreadableBody } from '@customer-portal/http'
import type { FastifyInstance } from 'fastify'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { cloudEventBatchType, cloudEventType, isInHeaders } from './cloud-event.ts'

/** One event a line. The name was never registered, and these are in use. */
export const lineTypes = ['application/x-ndjson', 'application/ndjson', 'application/jsonl']

/** What a body of events may take, packed or not. */
export const eventBodyLimit = 8 * 1024 * 1024

/** A line that is no JSON: it is rejected by itself. */
export class UnreadableLine {}

const unpack = promisify(gunzip)

/**
 * Lets the routes of `app` take events: JSON, CloudEvents and lines of JSON, packed by gzip or not, with
 * properties of any name. In the binary mode of CloudEvents a body may be absent.
 */
export function takeEvents(app: FastifyInstance): void {
  const parse = jsonParser(app, 'any')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser<Buffer>(
    ['application/json', cloudEventType, cloudEventBatchType],
    { parseAs: 'buffer' },
    (request, body, done) => {
      unpacked(body, request.headers['content-encoding'], (error, bytes) => {
        if (error) return done(error)
        if (bytes.length === 0 && !isInHeaders(request)) return done(unreadableBody('Body is empty'))
        parse(request, bytes, done)
      })
    },
  )
  app.addContentTypeParser<Buffer>(lineTypes, { parseAs: 'buffer' }, (request, body, done) => {
    unpacked(body, request.headers['content-encoding'], (error, bytes) => {
      if (error) return done(error)
      try {
        done(null, linesOf(jsonText(bytes)))
      } catch (mistake) {
        done(mistake as Error)
      }
    })
  })
}

/** The bytes as they were before they were packed, at most as many as may be sent unpacked. */
function unpacked(
  body: Buffer,
  encoding: string | undefined,
  done: (error: Error | null, bytes: Buffer) => void,
): void {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return done(null, body)
    case 'gzip':
    case 'x-gzip':
      unpack(body, { maxOutputLength: eventBodyLimit }).then(
        (bytes) => done(null, bytes),
        (error: NodeJS.ErrnoException) => {
          const isTooLarge = error.code === 'ERR_BUFFER_TOO_LARGE'
          done(
            isTooLarge
              ? unreadableBody(`Body is larger than ${eventBodyLimit} bytes once it is unpacked`, 413)
              : unreadableBody('Body is not gzip, as its Content-Encoding says'),
            body,
          )
        },
      )
      return
    default:
      done(unreadableBody('Body may be packed by gzip alone', 415), body)
  }
}

/**
 * One value for each line that is not blank; a byte order mark before the first is none of its text. More
 * lines than a batch may have are left together: they are refused by their number.
 */
function linesOf(text: string): unknown[] {
  return text
    .replace(/^\ufeff/, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): unknown => {
      try {
        return JSON.parse(line)
      } catch {
        return new UnreadableLine()
      }
    })
}

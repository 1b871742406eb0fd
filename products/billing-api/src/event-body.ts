import { jsonParser, jsonText, unreadableBody } from '@customer-portal/http'
import type { FastifyInstance } from 'fastify'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { cloudEventBatchType, cloudEventType, isInHeaders } from './cloud-event.ts'

/** One event per line. No media type was ever registered; these are in use. */
export const lineTypes = ['application/x-ndjson', 'application/ndjson', 'application/jsonl']

/** Maximum size of a body of events, compressed or not. */
export const eventBodyLimit = 8 * 1024 * 1024

/** A line that is not JSON: it is rejected alone. */
export class UnreadableLine {}

const unpack = promisify(gunzip)

/**
 * Makes the routes of `app` accept events: JSON, CloudEvents and JSON lines, gzipped or not, with properties
 * of any name. In the binary mode of CloudEvents the body may be absent.
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

/** Decompresses the bytes, up to the limit of an uncompressed body. */
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
 * One value per line that is not blank, without a byte order mark before the first. When there are more lines
 * than a batch may have, the rest is not parsed: the batch is rejected by its size.
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

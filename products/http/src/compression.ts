import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { acceptedEncodings, varying, type Encoding } from './encoding.ts'

/**
 * Text formats. PDF and XLSX are compressed already, and an event of a stream would wait for the next ones.
 */
const compressible =
  /^(application\/(json|problem\+json|x-ndjson)|text\/(csv|html|plain|css|javascript)|image\/svg\+xml)\b/
/** In bytes. A smaller answer is one packet either way. */
const minBytes = 1000

// Compressed per request, so fast settings: a fraction of a millisecond for 20 kB, a few per cent larger than
// the best.
const pack: Record<Encoding, (body: Buffer) => Promise<Buffer>> = {
  br: (body) =>
    promisify(brotliCompress)(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 4,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
  gzip: (body) => promisify(gzip)(body),
}

/**
 * Compresses answers to GET with an encoding the client accepts. Never the answer to a command: it may hold a
 * token or a key, and the compressed size of a text with a secret leaks the secret to an attacker who can add
 * guesses to it (BREACH). For the same reason never an answer that sets a cookie.
 */
export function compressAnswers(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (!isCompressible(request, reply)) return payload
    // A streamed file stays uncompressed: the client sees its progress, and a stalled client is detected by
    // the bytes it has taken.
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return payload
    const accepted = acceptedEncodings(request.headers['accept-encoding'])
    const body = Buffer.from(payload as string)
    return body.length < minBytes ? payload : packBody(reply, body, accepted)
  })
}

function isCompressible({ method }: FastifyRequest, reply: FastifyReply): boolean {
  return (
    method === 'GET'
    && reply.statusCode === 200
    && compressible.test(String(reply.getHeader('content-type') ?? ''))
    && !reply.hasHeader('content-encoding')
    && !reply.hasHeader('set-cookie')
  )
}

function packBody(reply: FastifyReply, body: Buffer, [encoding]: Encoding[]): Buffer | Promise<Buffer> {
  varyByEncoding(reply)
  if (!encoding) return body
  void reply.header('content-encoding', encoding).removeHeader('content-length')
  return pack[encoding](body)
}

function varyByEncoding(reply: FastifyReply): void {
  void reply.header('vary', varying(reply.getHeader('vary'), 'accept-encoding'))
}

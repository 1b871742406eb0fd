import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { acceptedEncodings, varying, type Encoding } from './encoding.ts'

/**
 * A text that is the same for every client while the process runs: serialised, tagged and compressed once.
 */
export interface Prepared {
  type: string
  /** A weak tag: the text is the same in every encoding. */
  etag: string
  body: Buffer
  packed(encoding: Encoding): Promise<Buffer>
}

const pack: Record<Encoding, (body: Buffer) => Promise<Buffer>> = {
  // Level 9 of 11: the last tenth of the size would take ten times as long.
  br: (body) =>
    promisify(brotliCompress)(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 9,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
  gzip: (body) => promisify(gzip)(body, { level: 9 }),
}

export function prepare(text: string, type: string): Prepared {
  const body = Buffer.from(text)
  const packed = new Map<Encoding, Promise<Buffer>>()
  return {
    type,
    body,
    etag: `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    packed(encoding) {
      const known = packed.get(encoding) ?? pack[encoding](body)
      packed.set(encoding, known)
      return known
    },
  }
}

/**
 * Sends it in an encoding the client accepts, or 304 when the client has it. Unless `cacheControl` says
 * otherwise, clients revalidate on every use.
 */
export async function sendPrepared(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, etag, body, packed }: Prepared,
  cacheControl = 'no-cache',
): Promise<FastifyReply> {
  void reply.headers({
    etag,
    'cache-control': cacheControl,
    vary: varying(reply.getHeader('vary'), 'accept-encoding'),
  })
  if (request.headers['if-none-match']?.split(/ *, */).includes(etag)) return reply.code(304).send()
  const [encoding] = acceptedEncodings(request.headers['accept-encoding'])
  if (encoding) void reply.header('content-encoding', encoding)
  return reply.type(type).send(encoding ? await packed(encoding) : body)
}

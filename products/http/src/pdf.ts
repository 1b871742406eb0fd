import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'

/** The response of a route that returns a PDF, for the documentation. */
export const PdfAnswer = {
  200: {
    description: 'The document',
    content: { 'application/pdf': { schema: Type.String({ format: 'binary' }) } },
  },
}

/** Sends a PDF as a download with its file name. */
export function sendPdf(
  reply: FastifyReply,
  pdf: { bytes: Uint8Array; fileName: string; sha256: string },
): FastifyReply {
  const ascii = pdf.fileName.replaceAll(/[^\w.-]/g, '_')
  return reply
    .headers({
      'content-disposition': `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(pdf.fileName)}`,
      etag: `"${pdf.sha256}"`,
    })
    .type('application/pdf')
    .send(Buffer.from(pdf.bytes.buffer, pdf.bytes.byteOffset, pdf.bytes.byteLength))
}

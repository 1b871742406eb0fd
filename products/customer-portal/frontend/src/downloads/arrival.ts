/** The progress of a download. `lines` counts line ends: rows of CSV, including its heading. */
export interface Arrival {
  bytes: number
  lines: number
}

const lineEnd = 10

/**
 * Reads a body into one blob (which the browser may keep on disk), and reports progress after each chunk.
 * Throws when it breaks off.
 */
export async function arrive(
  body: ReadableStream<Uint8Array>,
  type: string,
  tell: (arrival: Arrival) => void,
): Promise<Blob> {
  const arrival = { bytes: 0, lines: 0 }
  const counted = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        arrival.bytes += piece.length
        for (let at = piece.indexOf(lineEnd); at >= 0; at = piece.indexOf(lineEnd, at + 1)) arrival.lines += 1
        tell({ ...arrival })
        controller.enqueue(piece)
      },
    }),
  )
  return new Response(counted as ReadableStream<Uint8Array<ArrayBuffer>>, {
    headers: { 'Content-Type': type },
  }).blob()
}

/** The file name in a `Content-Disposition` (RFC 6266: the extended one first), or undefined. */
export function fileName(disposition: string | null): string | undefined {
  const [, extended] = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '') ?? []
  const [, plain] = /filename="([^"]+)"/i.exec(disposition ?? '') ?? []
  try {
    return extended === undefined ? plain : decodeURIComponent(extended)
  } catch {
    return plain
  }
}

/** The progress in percent; never 100 before the end, and undefined when the total is unknown. */
export function percentArrived({ lines }: Arrival, rows: number | undefined): number | undefined {
  if (rows === undefined || rows <= 0) return undefined
  return Math.max(0, Math.min(99, Math.floor(((lines - 1) / rows) * 100)))
}

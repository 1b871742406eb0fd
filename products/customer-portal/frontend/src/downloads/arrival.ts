/** How much of a file has arrived. `lines` counts line ends: rows of CSV, its heading among them. */
export interface Arrival {
  bytes: number
  lines: number
}

const lineEnd = 10

/**
 * Reads a body to its end into one blob (which the browser may keep on disk), and tells how much has arrived,
 * piece by piece. Throws where it breaks off.
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

/** The name a `Content-Disposition` gives (RFC 6266: the extended one first), or undefined. */
export function fileName(disposition: string | null): string | undefined {
  const [, extended] = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '') ?? []
  const [, plain] = /filename="([^"]+)"/i.exec(disposition ?? '') ?? []
  try {
    return extended === undefined ? plain : decodeURIComponent(extended)
  } catch {
    return plain
  }
}

/**
 * How much of the file is here, in percent; never 100 before its end, and undefined where nobody knows how
 * much there is.
 */
export function percentArrived({ lines }: Arrival, rows: number | undefined): number | undefined {
  if (rows === undefined || rows <= 0) return undefined
  return Math.max(0, Math.min(99, Math.floor(((lines - 1) / rows) * 100)))
}

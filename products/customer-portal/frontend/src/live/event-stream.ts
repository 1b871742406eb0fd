export interface StreamEvent {
  name: string
  data: string
}

/** Maximum time without data, heartbeats included, before a connection counts as lost. */
const longestSilence = 40_000

/**
 * The events of a text/event-stream as they arrive. Throws when the connection breaks or is silent too long.
 */
export async function* eventsOf(
  body: ReadableStream<Uint8Array>,
  silence = longestSilence,
): AsyncGenerator<StreamEvent> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader()
  let text = ''
  try {
    for (;;) {
      const { done, value } = await within(silence, reader.read())
      if (done) return
      text += value
      const blocks = text.split('\n\n')
      text = blocks.pop()!
      for (const block of blocks) {
        const event = eventFrom(block)
        if (event) yield event
      }
    }
  } finally {
    void reader.cancel().catch(() => undefined)
  }
}

/** Parses one block of lines; a comment or a block without data is undefined. */
function eventFrom(block: string): StreamEvent | undefined {
  const fields = block.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line))
  const valueOf = (name: string) =>
    fields
      .filter((field) => field?.[1] === name)
      .map((field) => field![2])
      .join('\n')
  const data = valueOf('data')
  return data === '' ? undefined : { name: valueOf('event'), data }
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const silent = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the stream has fallen silent')), milliseconds)
  })
  try {
    return await Promise.race([work, silent])
  } finally {
    clearTimeout(timer)
  }
}

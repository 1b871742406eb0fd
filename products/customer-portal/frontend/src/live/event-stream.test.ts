import { expect, test } from 'vitest'
import { eventsOf, type StreamEvent } from './event-stream.ts'

const encoder = new TextEncoder()
const bodyOf = (pieces: readonly Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece)
      controller.close()
    },
  })
async function all(body: ReadableStream<Uint8Array>, silence?: number): Promise<StreamEvent[]> {
  const events: StreamEvent[] = []
  for await (const event of eventsOf(body, silence)) events.push(event)
  return events
}
const text =
  'retry: 5000\n\nevent: usage\ndata: {"名":"用量"}\n\n: here\n\nevent: end\ndata: {}\n\nevent: half\ndata: {'

test('events are parsed the same wherever the network splits them, also within a character', async () => {
  const bytes = encoder.encode(text)
  for (const size of [1, 2, 7, bytes.length]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.slice(index * size, (index + 1) * size),
    )
    expect(await all(bodyOf(pieces))).toEqual([
      { name: 'usage', data: '{"名":"用量"}' },
      { name: 'end', data: '{}' },
    ])
  }
})

test('a silent connection, without heartbeats, throws', async () => {
  const silent = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(': here\n\n')),
  })
  await expect(all(silent, 30)).rejects.toThrow('silent')
})

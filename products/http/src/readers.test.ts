import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { createApp, type App, type AppOptions } from './index.ts'

let app: App
afterEach(() => app.close())

/** A server with a file that never ends. */
async function serve(options: AppOptions): Promise<number> {
  app = await createApp(options)
  app.get('/file', { config: { scope: 'public' } }, async (_request, reply) =>
    reply.type('text/plain').send(
      Readable.from(
        (function* () {
          for (;;) yield Buffer.alloc(65_536)
        })(),
      ),
    ),
  )
  await app.listen({ port: 0 })
  return (app.server.address() as AddressInfo).port
}

interface Reader {
  socket: Socket
  taken(): number
  seconds(): number
}

/**
 * Reads the file over a real socket at the given rate, in steps of 20 ms. Also returns the server's side of
 * the connection, which alone knows when it was closed.
 */
async function readFrom(
  port: number,
  bytesPerSecond: number,
): Promise<{ reader: Reader; serverSide: Socket }> {
  const connected = once(app.server, 'connection') as Promise<[Socket]>
  const socket = connect(port, '127.0.0.1')
  const began = performance.now()
  let taken = 0
  socket.on('error', () => undefined).on('readable', () => undefined)
  socket.write('GET /file HTTP/1.1\r\nHost: x\r\n\r\n')
  const seconds = () => (performance.now() - began) / 1000
  const reading = setInterval(() => {
    const due = Math.min(Math.floor(bytesPerSecond * seconds()) - taken, socket.readableLength)
    if (due > 0) taken += (socket.read(due) as Buffer | null)?.length ?? 0
  }, 20)
  socket.once('close', () => clearInterval(reading))
  const [serverSide] = await connected
  return { reader: { socket, taken: () => taken, seconds }, serverSide }
}

test.runIf(process.platform === 'linux')(
  "a slow but steady client keeps its file, although the system's buffers take nothing for longer than the timeout",
  async () => {
    const port = await serve({ readerSeconds: 1.5 })
    // Scaled like a 16 kB/s line to half a minute: one step of the system's buffers, of 1.5 MB, takes longer
    // than the timeout.
    const { reader: steady, serverSide } = await readFrom(port, 500_000)
    await new Promise((resolve) => setTimeout(resolve, 9_000))
    expect(serverSide.destroyed).toBe(false)
    expect(steady.taken()).toBeGreaterThan(3_000_000)
    steady.socket.destroy()
  },
)

test('a client that keeps reading too slowly is disconnected', async () => {
  const seconds = 0.8
  const port = await serve({ readerSeconds: seconds, readerBytesPerSecond: 20_000_000 })
  const { reader: little, serverSide } = await readFrom(port, 2_000_000)
  await once(serverSide, 'close')
  // Not because it read nothing: that would have been noticed earlier.
  expect(little.seconds()).toBeGreaterThan(4 * seconds)
  expect(little.taken()).toBeGreaterThan(4 * seconds * 1_000_000)
  little.socket.destroy()
})

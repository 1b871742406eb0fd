import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A proxy between a client and a server, like a network that breaks at the worst moment. */
export interface AnswerDroppingProxy {
  url: string
  /**
   * Drops the next responses, as many as given: the connection breaks when the server has begun to respond.
   */
  drop(answers: number): void
  close(): Promise<void>
}

/** A proxy for one client that sends one request at a time. */
export async function answerDroppingProxy(target: string): Promise<AnswerDroppingProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let toDrop = 0
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname)
    const breakOff = () => {
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', breakOff).on('close', () => {
        sockets.delete(socket)
        breakOff()
      })
    }
    client.on('data', (part) => server.write(part))
    server.on('data', (part) => {
      if (toDrop === 0) return void client.write(part)
      toDrop -= 1
      breakOff()
    })
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    drop: (answers) => {
      toDrop = answers
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}

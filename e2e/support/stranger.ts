import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join, dirname } from 'node:path'
import type { Page } from 'playwright-core'

/**
 * A page at an origin that is not allowed, which sends messages to every window of ours as the portal's host
 * would.
 */
export interface Stranger {
  url: string
  /** Opens one of our pages from the stranger's, which keeps a handle of it. */
  open(page: Page, address: string): Promise<Page>
  /** The number of messages it has sent. */
  said(page: Page): Promise<number>
  /** What it received: the kind of each message, and each called method. */
  heardBy(page: Page): Promise<string[]>
  stop(): void
}

/**
 * Penpal's own handshake (each side may start it), and calls without a handshake, to the frame and to every
 * opened window and its frames, while the page is open.
 */
const script = `
  window.heard = []
  window.said = 0
  window.others = []
  addEventListener('message', ({ data }) => heard.push(data && data.namespace === 'penpal' ? data.type : JSON.stringify(data)))
  const host = Object.fromEntries(['ready', 'resize', 'navigate', 'requestToken', 'openExternal', 'toast'].map((name) => [name, () => { heard.push(name + '()'); return null }]))
  const session = { token: 'pt_of_a_stranger_00000000000000000000', theme: 'dark', locale: 'en', height: 'fill', accountId: null }
  const calls = { init: [session], setToken: [session.token], setLocale: ['en'], setTheme: ['dark'], open: ['/account'] }
  const met = new Set()
  const meet = (target) => {
    met.add(target)
    Penpal.connect({ messenger: new Penpal.WindowMessenger({ remoteWindow: target, allowedOrigins: ['*'] }), methods: host })
      .promise.then(async (portal) => { heard.push('connected'); for (const [name, args] of Object.entries(calls)) await portal[name](...args); heard.push('obeyed') }, (error) => heard.push(String(error)))
  }
  const shout = (target) => {
    const channel = undefined
    const messages = ['', '~'].map((participantId) => ({ namespace: 'penpal', type: 'SYN', channel, participantId: participantId + crypto.randomUUID?.() }))
    messages.push({ namespace: 'penpal', type: 'ACK1', channel, methodPaths: Object.keys(host).map((name) => [name]) })
    for (const [name, args] of Object.entries(calls)) messages.push({ namespace: 'penpal', type: 'CALL', channel, id: crypto.randomUUID?.() ?? name, methodPath: [name], args })
    for (const message of messages) { target.postMessage(message, '*'); said++ }
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }) => heard.push(data.type)
    target.postMessage({ namespace: 'penpal', type: 'ACK2', channel }, '*', [port2])
    said++
    for (const message of messages) port1.postMessage(message)
  }
  setInterval(() => {
    const targets = [frames[0], ...others.flatMap((other) => [other, ...Array.from({ length: other.length }, (_, index) => other[index])])]
    for (const target of targets) { if (!met.has(target)) meet(target); shout(target) }
  }, 100)
`

/** Serves the stranger's page, with `framed` in a frame. */
export async function startStranger(framed: string): Promise<Stranger> {
  const penpal = readFileSync(
    join(dirname(createRequire(import.meta.url).resolve('penpal')), 'penpal.min.js'),
    'utf8',
  )
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(
      '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><iframe '
        + `src="${framed}"></iframe><script>${penpal}</script><script>${script}</script>`,
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    async open(page, address) {
      const [opened] = await Promise.all([
        page.waitForEvent('popup'),
        page.evaluate((at) => {
          ;(window as unknown as { others: unknown[] }).others.push(open(at))
        }, address),
      ])
      return opened
    },
    said: (page) => page.evaluate(() => (window as unknown as { said: number }).said),
    heardBy: (page) => page.evaluate(() => (window as unknown as { heard: string[] }).heard),
    stop: () => void server.close(),
  }
}

import type { Socket } from 'node:net'
import { readFile, readlink } from 'node:fs/promises'

/**
 * How many bytes the operating system has accepted for each connection and not delivered yet. It accepts
 * megabytes, then nothing until a third of them is delivered: seen from the process, a 16 kB/s line is silent
 * for a minute and a half. Linux reports the number; on other systems the result is empty.
 */
export async function undelivered(sockets: Socket[]): Promise<Map<Socket, number>> {
  const found = new Map<Socket, number>()
  if (sockets.length === 0 || process.platform !== 'linux') return found
  const byInode = new Map<string, Socket>()
  await Promise.all(
    sockets.map(async (socket) => {
      const fd = (socket as unknown as { _handle?: { fd?: number } })._handle?.fd ?? -1
      const inode = fd < 0 ? undefined : await readlink(`/proc/self/fd/${fd}`).catch(() => undefined)
      if (inode !== undefined) byInode.set(inode.replaceAll(/\D/g, ''), socket)
    }),
  )
  for (const table of ['/proc/self/net/tcp', '/proc/self/net/tcp6']) {
    const rows = (await readFile(table, 'latin1').catch(() => '')).split('\n')
    for (const row of rows) {
      // Columns: sl local remote state tx:rx timer:when retransmits uid timeout inode
      const columns = row.trimStart().split(/ +/, 10)
      const socket = byInode.get(columns[9] ?? '')
      if (socket) found.set(socket, Number.parseInt(columns[4]!, 16))
    }
  }
  return found
}

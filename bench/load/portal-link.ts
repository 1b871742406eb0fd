import { secretKey } from '../program.ts'

/** A link that opens a customer's portal once, at a page. */
export async function portalLink(port: number, customerId: string, path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/api/billing/portal-sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ customerId, path, locale: 'zh-CN', actor: { id: 'bench', name: 'Bench' } }),
  })
  if (!response.ok)
    throw new Error(`asking for a session answered ${response.status}: ${await response.text()}`)
  return ((await response.json()) as { url: string }).url
}

import { resolve } from 'node:path'
import { createPortalSession } from '@customer-portal/billing'
import type { Server } from './app.ts'
import { colourOf } from './brand/colour.ts'
import { adjustmentsOf } from './brand/stylesheet.ts'
import type { Settings } from './environment.ts'
import type { KeyAtStart } from './secret-key.ts'

/** The demo's credentials for looking around. */
export interface DemoLogin {
  customerId: string
  workbench?: { email: string; password: string }
}

/**
 * The message printed when the server listens: where everything is. Secrets are printed here once and nowhere
 * else.
 */
export async function welcome(
  server: Server,
  settings: Settings,
  {
    newKey,
    notice,
    login,
    endedDemoLogins = [],
  }: KeyAtStart & { login?: DemoLogin; endedDemoLogins?: string[] },
): Promise<string> {
  const url = server.publicUrl()
  const rows: [string, string][] = []
  if (settings.enableCustomerPortal) rows.push(['Portal', await portalRow(server, url, login)])
  for (const adjustment of adjustmentsFor(settings)) rows.push(['Brand', adjustment])
  if (settings.enableAgentWorkbench) {
    const { workbench } = login ?? {}
    rows.push([
      'Workbench',
      `${url}/workbench${workbench ? `  (e-mail ${workbench.email}, password ${workbench.password})` : '  (make a login: npm run workbench -- add-user)'}`,
    ])
  }
  if (settings.enableDocs) rows.push(['API docs', `${url}/docs`])
  rows.push([
    'Data',
    settings.databaseUrl ? `PostgreSQL at ${new URL(settings.databaseUrl).host}` : resolve(settings.dataDir),
  ])
  if (settings.testClock) rows.push(['Test clock', `stands at ${server.engine.now()}`])
  if (login?.workbench && isOpenToOthers(settings))
    rows.push([
      'Warning',
      "the demo's password is published: set DEMO=false and begin with an empty database before others "
        + 'can reach this server',
    ])
  if (endedDemoLogins.length > 0)
    rows.push([
      'Warning',
      `the demo's published logins were still there and are ended: ${endedDemoLogins.join(', ')}`,
    ])
  if (notice) rows.push(['Keys', notice])
  if (newKey) rows.push(['Secret key', `${newKey}  (shown only now; for /api/billing)`])
  return `\nCustomer Portal is running.\n\n${rows.map(([name, text]) => `  ${name.padEnd(11)}${text}\n`).join('')}\n`
}

/** How the vendor's colour was adjusted where it would not be readable. */
function adjustmentsFor({ enableCustomerPortal, portalBrandColour }: Settings): string[] {
  return enableCustomerPortal && portalBrandColour !== undefined
    ? adjustmentsOf(colourOf(portalBrandColour)).map((adjustment) => `${portalBrandColour} is ${adjustment}`)
    : []
}

async function portalRow(server: Server, url: string, login: DemoLogin | undefined): Promise<string> {
  if (!login) return `${url}/portal  (make a link: POST /api/billing/portal-sessions)`
  const { code } = await createPortalSession(server.engine, {
    customerId: login.customerId,
    codeSeconds: 3600,
  })
  return `${url}/portal#code=${code}  (opens once, within an hour)`
}

function isOpenToOthers({ host, publicUrl }: Settings): boolean {
  const own = ['127.0.0.1', '::1', 'localhost']
  return (
    !own.includes(host)
    || (publicUrl !== undefined && !own.includes(new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')))
  )
}

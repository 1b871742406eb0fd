import { createRequire } from 'node:module'
import { tsImport } from 'tsx/esm/api'
import { fail, say } from './console.mjs'
import { frontEnds, inProject, root } from './project.mjs'

const devPorts = { portal: 5173, workbench: 5174 }

/**
 * `npm run dev`: serves both front ends with hot reload, also the portal in the workbench's iframe. Other
 * requests (the APIs) are proxied to the server of `npm start`.
 */
export async function serveFrontEnds() {
  const target = await serverUrl()
  const { createServer } = await viteOf(frontEnds[0]?.folder ?? '')
  let portal = target
  for (const { name, folder, base } of frontEnds) {
    const server = await createServer({
      root: inProject(folder),
      configFile: inProject(folder, 'vite.config.ts'),
      base,
      clearScreen: false,
      server: {
        host: '127.0.0.1',
        port: devPorts[/** @type {keyof typeof devPorts} */ (name)],
        proxy: proxied(base, target, portal),
      },
    })
    await server.listen()
    const address = server.resolvedUrls?.local[0] ?? ''
    if (name === 'portal') portal = new URL(address).origin
    say(`${name}: ${address}`)
  }
  say(`Everything else is answered by ${target} (npm start, in another terminal).`)
  say(
    'Sign in at the workbench above. For the portal by itself, put the code that npm start prints '
      + 'behind its address: #code=…',
  )
  await warnWhenAway(target)
}

/**
 * Proxies all paths but the front end's own, and the portal's settings and the vendor's logo, which the
 * server provides. Keeps the browser's Host header, so that the server takes this address for its own
 * (cookies, and who may embed the portal). Paths in a front end's own configuration take precedence.
 * @param {string} base
 * @param {string} target
 * @param {string} portal
 */
function proxied(base, target, portal) {
  const to = (/** @type {string} */ place) => ({ target: place, changeOrigin: false })
  return {
    '/api': to(target),
    '/portal/settings.json': to(target),
    '/portal/brand/': to(target),
    ...(base === '/portal/' ? {} : { '/portal': { ...to(portal), ws: true } }),
    [`^(?!${base})/`]: to(target),
  }
}

/** @param {string} folder @returns {Promise<typeof import('vite')>} */
async function viteOf(folder) {
  return import(createRequire(inProject(folder, 'package.json')).resolve('vite'))
}

/** Where the server of `npm start` listens, by the same settings. */
async function serverUrl() {
  /** @type {typeof import('../backend/src/environment.ts')} */
  const { loadSettings, serverAddress } = await tsImport('../backend/src/environment.ts', import.meta.url)
  try {
    return serverAddress(loadSettings(root))
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}

/** @param {string} target */
async function warnWhenAway(target) {
  try {
    await fetch(`${target}/healthz`)
  } catch {
    say(`No server answers at ${target} yet: run npm start in another terminal.`)
  }
}

process.on('unhandledRejection', (error) => fail(error instanceof Error ? error.message : String(error)))

import type { Token } from '@customer-portal/portal-api/contract'
import { numberFormat } from '@customer-portal/ui/format/formats.ts'
import { toastThrough } from '@customer-portal/ui/toasts.ts'
import { provideWords } from '@customer-portal/ui/words.ts'
import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import App from './App.vue'
import { readAhead } from './first-reads.ts'
import { applyPreferences, locale, suggestLocale } from './preferences.ts'
import { queryClient, untilRead } from './queries.ts'
import { reads } from './reads.ts'
import { announcePages, router } from './router.ts'
import { currentToken } from './session.ts'
import { loadSettings } from './settings.ts'
import { startAlone } from './standalone.ts'
import { embedded } from './storage.ts'
import { startTexts } from './texts/index.ts'
import { fetchViews, views, type ViewName } from './views.ts'
import { words } from './words.ts'

async function startEmbedded() {
  const [{ joinHost, toastByHost }, settings] = await Promise.all([import('./embed/host.ts'), loadSettings()])
  toastThrough(toastByHost)
  await joinHost(router, [location.origin, ...settings.embedOrigins])
}

/**
 * Starts what can wait until the first page is shown: live updates, and loading the other pages' code, so
 * that navigation never waits.
 */
async function startRest() {
  await router.isReady()
  await untilRead()
  await idle(2000)
  const { followUsage } = await import('./live/live-usage.ts')
  followUsage()
  await idle(5000)
  fetchViews(Object.keys(views) as ViewName[])
}

/** When the browser is idle, after `timeout` milliseconds at the latest. */
function idle(timeout: number): Promise<unknown> {
  return new Promise((resolve) =>
    'requestIdleCallback' in window ? requestIdleCallback(resolve, { timeout }) : setTimeout(resolve, 500),
  )
}

/**
 * Formats a number once. A browser's first format is slow, because it loads the data of every language; done
 * while requests are in progress, it delays nothing.
 */
async function practiseFormats() {
  await currentToken()
  setTimeout(() => numberFormat(locale.value).format(0))
}

/**
 * Milliseconds. What is answered sooner is drawn once, as it stays, below what the built page shows
 * meanwhile; else the parts stand there by and by.
 */
const patience = 500

/** Starts the portal on the page. `token` has been asked for already where it stands alone. */
export async function start(code: string | null, token: Promise<Token | null> | undefined) {
  applyPreferences()
  if (embedded) void startEmbedded()
  else {
    void loadSettings()
    void startAlone(code, token)
  }
  readAhead(queryClient, new URL(location.href))
  void practiseFormats()
  const app = createApp(App).use(VueQueryPlugin, { queryClient }).use(router)
  provideWords(app, words)
  await Promise.race([
    Promise.all([untilRead(), router.isReady()]).catch(() => undefined),
    new Promise((resolve) => setTimeout(resolve, patience)),
  ])
  suggestLocale(queryClient.getQueryData(reads.session.queryKey)?.locale)
  await startTexts()
  app.mount('#app')
  announcePages()
  startRest().catch(() => undefined)
}

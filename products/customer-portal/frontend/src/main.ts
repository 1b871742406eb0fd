// First, before the router is made.
import { code } from './one-time-code.ts'
import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import { exchangeCode, renewByCookie } from './api.ts'
import App from './App.vue'
import { connection } from './connection.ts'
import { applyPreferences, embedded } from './preferences.ts'
import { queryClient } from './queries.ts'
import { announcePages, router, warmPages } from './router.ts'
import { endSession, renewWith, useToken } from './session.ts'
import { loadSettings } from './settings.ts'
import { startTexts } from './texts/index.ts'
import { toastThrough } from './toasts.ts'
import './style.css'

async function startAlone() {
  void loadSettings()
  renewWith(renewByCookie)
  try {
    const token = (code && (await exchangeCode(code))) || (await renewByCookie())
    if (token) useToken(token)
    else endSession('ended')
  } catch {
    // Not refused, only out of reach: the code is still good when the server is back.
    connection.lost()
    connection.onceBack(() => void startAlone())
  }
}

async function startEmbedded() {
  const [{ joinHost, toastByHost }, settings] = await Promise.all([import('./embed/host.ts'), loadSettings()])
  toastThrough(toastByHost)
  await joinHost(router, settings.embedOrigins)
}

applyPreferences()
void (embedded ? startEmbedded() : startAlone())

void startTexts().then(() => {
  createApp(App).use(VueQueryPlugin, { queryClient }).use(router).mount('#app')
  announcePages()
  void router.isReady().then(warmPages)
})

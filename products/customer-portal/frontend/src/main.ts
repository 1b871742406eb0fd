// First, before the router is made.
import { code } from './one-time-code.ts'
import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import App from './App.vue'
import { applyPreferences, embedded } from './preferences.ts'
import { queryClient } from './queries.ts'
import { announcePages, router, warmPages } from './router.ts'
import { loadSettings } from './settings.ts'
import { startAlone } from './standalone.ts'
import { startTexts } from './texts/index.ts'
import { toastThrough } from './toasts.ts'
import './style.css'
import './print.css'

async function startEmbedded() {
  const [{ joinHost, toastByHost }, settings] = await Promise.all([import('./embed/host.ts'), loadSettings()])
  toastThrough(toastByHost)
  await joinHost(router, settings.embedOrigins)
}

applyPreferences()
if (embedded) void startEmbedded()
else {
  void loadSettings()
  void startAlone(code)
}

void startTexts().then(() => {
  createApp(App).use(VueQueryPlugin, { queryClient }).use(router).mount('#app')
  announcePages()
  void router.isReady().then(warmPages)
  void import('./live/live-usage.ts').then(({ followUsage }) => followUsage(), () => undefined)
})

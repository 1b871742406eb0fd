import { VueQueryPlugin } from '@tanstack/vue-query'
import { provideWords } from '@customer-portal/ui/words.ts'
import { createApp } from 'vue'
import App from './App.vue'
import { applyPreferences } from './preferences.ts'
import { queryClient } from './queries.ts'
import { announcePages, router } from './router.ts'
import { startTexts } from './texts/index.ts'
import { words } from './words.ts'
import './style.css'

applyPreferences()
void startTexts().then(() => {
  const app = createApp(App).use(VueQueryPlugin, { queryClient }).use(router)
  provideWords(app, words)
  app.mount('#app')
  announcePages()
})

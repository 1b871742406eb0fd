import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import App from './App.vue'
import { applyPreferences } from './preferences.ts'
import { queryClient } from './queries.ts'
import { announcePages, router } from './router.ts'
import { startTexts } from './texts/index.ts'
import './style.css'

applyPreferences()
void startTexts().then(() => {
  createApp(App).use(VueQueryPlugin, { queryClient }).use(router).mount('#app')
  announcePages()
})

import { nextTick, watchEffect } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import { whenLoggedOut } from './api.ts'
import { brandName } from './brand.ts'
import { queryClient } from './queries.ts'
import { findMe, forgetMe, me } from './session.ts'
import { t } from './texts/index.ts'

export const router = createRouter({
  history: createWebHistory('/workbench/'),
  routes: [
    { path: '/login', name: 'login', component: () => import('./views/LoginView.vue') },
    {
      path: '/',
      component: () => import('./views/WorkbenchView.vue'),
      children: [
        { path: '', redirect: { name: 'desk' } },
        {
          path: 'conversations/:conversationId?',
          name: 'desk',
          component: () => import('./views/DeskView.vue'),
          props: true,
        },
        // The rest of the path is the portal's own, so that a reload or a link keeps the page.
        { path: 'account/:path(.*)*', name: 'account', component: () => import('./views/PortalFrame.vue') },
        { path: ':rest(.*)*', redirect: { name: 'desk' } },
      ],
    },
  ],
})

router.beforeEach(async (to) => {
  if (to.name === 'login') return true
  const found = await findMe().catch(() => undefined)
  // undefined: the server cannot be reached now; the page itself says so and retries.
  return found === null ? { name: 'login', query: to.fullPath === '/' ? {} : { next: to.fullPath } } : true
})

whenLoggedOut(() => {
  if (me.value === null) return
  forgetMe()
  queryClient.clear()
  const { fullPath, name } = router.currentRoute.value
  if (name !== 'login') void router.push({ name: 'login', query: { next: fullPath, ended: '1' } })
})

/** Sets the document title to the page's name, and moves the focus to its heading after navigation. */
export function announcePages() {
  watchEffect(() => {
    const { name } = router.currentRoute.value
    const key = name === 'account' ? 'nav.account' : name === 'login' ? 'login.title' : 'nav.desk'
    document.title = `${t(key)} · ${brandName.value}`
  })
  router.afterEach((to, from, failure) => {
    if (failure || from.matched.length === 0 || to.name === from.name) return
    void nextTick(() => document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true }))
  })
}

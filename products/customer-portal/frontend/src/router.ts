import { nextTick, watchEffect } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import { t } from './texts/index.ts'
import { connection } from './connection.ts'
import { locale } from './preferences.ts'
import { settings } from './settings.ts'
import { embedded } from './storage.ts'
import { views } from './views.ts'

export const pages = ['overview', 'usage', 'subscription', 'invoices', 'account'] as const
type PageName = (typeof pages)[number]
const isPage = (name: unknown): name is PageName => pages.includes(name as PageName)

export const router = createRouter({
  history: createWebHistory('/portal'),
  routes: [
    { path: '/', name: 'overview', component: views.overview },
    { path: '/usage', name: 'usage', component: views.usage },
    { path: '/subscription', name: 'subscription', component: views.subscription },
    {
      path: '/invoices',
      name: 'invoices',
      component: views.invoices,
      children: [{ path: ':id', name: 'invoice', component: views.invoice, props: true }],
    },
    { path: '/account', name: 'account', component: views.account },
    { path: '/:rest(.*)*', name: 'nowhere', component: () => import('./views/NowhereView.vue') },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.matched[0] === from.matched[0] ? false : { top: 0 }),
})

// A reloaded frame must still know that it is one.
router.beforeEach((to) =>
  embedded && to.query.embed === undefined ? { ...to, query: { ...to.query, embed: '1' } } : true,
)

// The page's code could not be loaded: the server is unavailable, or has a newer build with other file names.
router.onError(async (_error, to) => {
  await connection.retry()
  if (connection.offline.value) connection.onceBack(() => void router.push(to.fullPath))
  else location.assign(router.resolve(to.fullPath).href)
})

function entitle() {
  const top = router.currentRoute.value.matched[0]?.name
  const name = settings.value.brand.name[locale.value]
  document.title = isPage(top) ? `${t(`nav.${top}`)} · ${name}` : name
}

/** Sets the document title to the page's name, and moves the focus to its heading after navigation. */
export function announcePages() {
  watchEffect(entitle)
  router.afterEach((to, from, failure) => {
    if (failure || from.matched.length === 0 || to.matched[0] === from.matched[0]) return
    void nextTick(() => document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true }))
  })
}

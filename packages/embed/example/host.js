// A minimal page that embeds the portal: it passes the token, mirrors the portal's page in its own URL, and
// shows errors.
const root = document.documentElement
const element = (id) => document.getElementById(id)
const path = () => location.hash.slice(1) || '/'
let portal

function say(id, text) {
  element(id).textContent = text
  element(id).hidden = !text
}

function mount() {
  portal?.destroy()
  say('problem', '')
  root.dataset.height = element('height').value
  portal = CustomerPortal.mountPortal(element('portal'), {
    url: document.body.dataset.portal,
    getToken: async () => {
      const answer = await fetch('/portal-token', { method: 'POST' })
      // The user's own login has ended, so there is no token.
      if (answer.status === 401) return null
      if (!answer.ok) throw new Error(`/portal-token answered ${answer.status}`)
      return (await answer.json()).token
    },
    theme: element('theme').value,
    locale: element('locale').value,
    height: element('height').value,
    path: path(),
    onNavigate: (to) => history.replaceState(null, '', `#${to}`),
    onError: ({ code, message, remedy }) => say('problem', `${code}: ${message} ${remedy}`),
    onToast: ({ text }) => say('message', text),
  })
}

addEventListener('hashchange', () => portal?.navigate(path()))
element('locale').addEventListener('change', ({ target }) => portal?.setLocale(target.value))
element('theme').addEventListener('change', ({ target }) => {
  root.dataset.theme = target.value
  portal?.setTheme(target.value)
})
element('height').addEventListener('change', mount)
element('close').addEventListener('click', () => {
  portal?.destroy()
  portal = undefined
})
mount()

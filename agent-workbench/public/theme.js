// Runs before the first paint, so that a dark page never flashes white.
;(function () {
  var stored = null
  try {
    stored = localStorage.getItem('workbench.theme')
  } catch {
    /* storage is blocked */
  }
  var dark = stored === 'dark' || (stored !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()

// Runs before the first paint, so that a dark page never flashes white. In a frame nothing is stored: the
// host sets the theme.
;(function () {
  var stored = null
  try {
    stored = window.parent === window ? localStorage.getItem('portal.theme') : null
  } catch {
    /* storage is blocked */
  }
  var dark = stored === 'dark' || (stored !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()

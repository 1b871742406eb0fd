// Renders the name and the tabs before any other code is loaded, which takes seconds on a slow connection.
// Same markup as TopBar.vue and BrandMark.vue.
;(function () {
  var told = document.querySelector('meta[name=portal-settings]')
  var header = document.getElementById('shell')
  // In a frame the host sets the language, and shows its own brand.
  if (window.parent !== window || !header) return
  function stored(name) {
    try {
      return localStorage.getItem('portal.' + name)
    } catch {
      return null
    }
  }
  var known =
    [stored('locale'), stored('seen'), navigator.language].find(function (text) {
      return /^(zh|en)/.test(text || '')
    }) || 'zh-CN'
  var locale = known.slice(0, 2) === 'en' ? 'en' : 'zh-CN'
  var tabs = {
    'zh-CN': ['概览', '用量', '订阅', '账单', '账户'],
    en: ['Overview', 'Usage', 'Subscription', 'Invoices', 'Account'],
  }[locale]
  var brand = told
    ? JSON.parse(told.content).brand
    : { name: { 'zh-CN': '客户控制台', en: 'Customer Portal' }, logo: null }
  var logo = brand.logo && brand.logo[document.documentElement.dataset.theme]
  var wide = logo && logo.width > 2 * logo.height
  document.documentElement.lang = locale
  if (logo) {
    var image = header.querySelector('img')
    image.width = logo.width
    image.height = logo.height
    image.src = logo.url
    if (!wide) image.className += ' max-w-12!'
    image.hidden = false
    header.querySelector('svg').remove()
  }
  var name = header.querySelector('[data-name]')
  if (wide) name.remove()
  else name.textContent = brand.name[locale]
  header.querySelectorAll('nav > span').forEach(function (tab, index) {
    tab.append(tabs[index])
    var path = ['', 'usage', 'subscription', 'invoices', 'account'][index]
    if (location.pathname.split('/')[2] === path || (path === '' && /^\/portal\/?$/.test(location.pathname)))
      tab.classList.add('font-medium', 'text-ink')
  })
  header.classList.remove('invisible')
})()

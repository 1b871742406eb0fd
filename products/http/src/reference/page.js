// The page works without this script, which only makes it quicker to use.
const root = document.documentElement
const themeKey = 'docs-theme'
/** Storage may be blocked. @param {() => string | null | void} use */
const stored = (use) => {
  try {
    return use()
  } catch {
    return null
  }
}
const chosen = stored(() => localStorage.getItem(themeKey))
if (chosen) root.dataset.theme = chosen

document.addEventListener('DOMContentLoaded', () => {
  for (const place of document.querySelectorAll('.origin')) place.textContent = location.origin
  switchTheme()
  keepPlace()
  copyCode()
  search()
  markPlace()
})

function switchTheme() {
  document.querySelector('.theme')?.addEventListener('click', () => {
    const isDark = root.dataset.theme
      ? root.dataset.theme === 'dark'
      : matchMedia('(prefers-color-scheme: dark)').matches
    root.dataset.theme = isDark ? 'light' : 'dark'
    stored(() => localStorage.setItem(themeKey, root.dataset.theme ?? ''))
  })
}

/** The link to the other language keeps the current anchor. */
function keepPlace() {
  const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector('.language'))
  link?.addEventListener('click', () => {
    link.hash = location.hash
  })
}

function copyCode() {
  const toast = /** @type {HTMLElement} */ (document.querySelector('.toast'))
  document.addEventListener('click', async ({ target }) => {
    const button = target instanceof Element ? target.closest('.copy') : null
    if (!button) return
    const text = button.closest('figure')?.querySelector('pre')?.textContent ?? ''
    await navigator.clipboard.writeText(text).then(
      () => showToast(toast.dataset.copied ?? ''),
      () => selectText(button),
    )
  })
  /** @param {string} text */
  const showToast = (text) => {
    toast.textContent = text
    setTimeout(() => {
      toast.textContent = ''
    }, 1500)
  }
}

/**
 * Without access to the clipboard, selects the text for copying by hand.
 * @param {Element} button
 */
function selectText(button) {
  const code = button.closest('figure')?.querySelector('pre')
  if (code) getSelection()?.selectAllChildren(code)
}

function search() {
  const side = /** @type {HTMLElement} */ (document.querySelector('.calls'))
  const input = /** @type {HTMLInputElement} */ (side.querySelector('input'))
  const menu = /** @type {HTMLButtonElement} */ (side.querySelector('.menu'))
  const count = /** @type {HTMLElement} */ (side.querySelector('.count'))
  const links = [...side.querySelectorAll('a')]
  /**
   * The search words of each link: its text, and the path, name and codes of its target. @type {{ link:
   * HTMLAnchorElement, words: string }[] | undefined}
   */
  let entries
  const wordsOf = (/** @type {HTMLAnchorElement} */ link) => {
    const place = document.getElementById(link.hash.slice(1))
    const parts = place
      ? [...place.querySelectorAll('.path, .needs, .codes, .examples figure:nth-of-type(2) pre')]
      : []
    return [link, ...parts]
      .map((part) => part.textContent)
      .join(' ')
      .toLowerCase()
  }
  const open = (/** @type {boolean} */ isOpen) => {
    side.classList.toggle('open', isOpen)
    menu.setAttribute('aria-expanded', String(isOpen))
  }
  const filter = () => {
    entries ??= links.map((link) => ({ link, words: wordsOf(link) }))
    const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean)
    let found = 0
    for (const { link, words } of entries) {
      const fits = wanted.every((word) => words.includes(word))
      if (link.parentElement) link.parentElement.hidden = !fits
      if (fits && link.querySelector('.method')) found += 1
    }
    for (const list of side.querySelectorAll('.index ul')) {
      const isEmpty = !list.querySelector('li:not([hidden])')
      list.toggleAttribute('hidden', isEmpty)
      if (list.previousElementSibling?.tagName === 'H2')
        list.previousElementSibling.toggleAttribute('hidden', isEmpty)
    }
    const isFound = links.some((link) => !link.parentElement?.hidden)
    count.textContent =
      wanted.length === 0
        ? ''
        : isFound
          ? (count.dataset.found ?? '').replace('{count}', String(found))
          : (count.dataset.none ?? '')
    if (wanted.length > 0) open(true)
  }
  const shown = () => links.filter((link) => !link.parentElement?.hidden)
  input.addEventListener('input', filter)
  menu.addEventListener('click', () => open(!side.classList.contains('open')))
  side.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('a')) open(false)
  })
  side.addEventListener('keydown', (event) => {
    const at = shown().indexOf(/** @type {HTMLAnchorElement} */ (document.activeElement))
    const isInput = document.activeElement === input
    if (event.key === 'ArrowDown') (shown()[at + 1] ?? shown().at(-1))?.focus()
    else if (event.key === 'ArrowUp' && !isInput) (shown()[at - 1] ?? input).focus()
    else if (event.key === 'Enter' && isInput && input.value) {
      shown()
        .find((link) => link.querySelector('.method') ?? link)
        ?.click()
    } else if (event.key === 'Escape' && (input.value || side.classList.contains('open'))) {
      input.value = ''
      filter()
      open(false)
      input.focus()
    } else return
    event.preventDefault()
  })
  document.addEventListener('keydown', (event) => {
    const isWriting =
      event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
    if (event.key !== '/' || isWriting || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    input.focus()
    input.select()
  })
}

/** Highlights the reader's position in the sidebar. */
function markPlace() {
  const links = new Map(
    [...document.querySelectorAll('.calls a')].map((link) => [
      /** @type {HTMLAnchorElement} */ (link).hash.slice(1),
      link,
    ]),
  )
  let current = /** @type {Element | undefined} */ (undefined)
  const mark = (/** @type {string} */ id) => {
    const link = links.get(id)
    if (!link || link === current) return
    current?.removeAttribute('aria-current')
    link.setAttribute('aria-current', 'true')
    current = link
    const box = /** @type {HTMLElement} */ (document.querySelector('.index'))
    const { top, bottom } = link.getBoundingClientRect()
    const frame = box.getBoundingClientRect()
    if (top < frame.top || bottom > frame.bottom) box.scrollTop += top - frame.top - frame.height / 2
  }
  const seen = new IntersectionObserver(
    (changes) => {
      for (const { isIntersecting, target } of changes) if (isIntersecting) mark(target.id)
    },
    { rootMargin: '-80px 0px -80% 0px' },
  )
  for (const article of document.querySelectorAll('article')) seen.observe(article)
}

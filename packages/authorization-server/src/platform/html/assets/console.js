// An extra of the console: a palette of commands on Ctrl or Command with K, and single keys, which are off until somebody switches
// them on for this browser (WCAG 2.2 §2.1.4). Whatever is offered stands on the page as a link or a button, or was found by
// /api/v1/find; nothing that was found becomes markup.

const palette = document.getElementById('palette')
const sheet = document.getElementById('keys')
const box = document.getElementById('palette-box')
const list = document.getElementById('palette-list')
const told = document.getElementById('palette-told')
const choice = document.getElementById('keys-on')
const kept = 'console-keys'

/** @typedef {{ label: string, of: string, go: () => void }} Command */
/** @type {Command[]} */
let shown = []
let chosen = 0
let asked = 0

/** A browser that keeps nothing has the keys off. */
function areKeysOn() {
  try {
    return localStorage.getItem(kept) === 'on'
  } catch {
    return false
  }
}

/** @param {boolean} on */
function keepKeys(on) {
  try {
    localStorage.setItem(kept, on ? 'on' : 'off')
  } catch {
    for (const button of document.querySelectorAll('button[data-shuts]')) {
      button.addEventListener('click', () => button.closest('dialog')?.close())
    }
    if (choice instanceof HTMLInputElement) choice.checked = false
  }
}

/** @param {Element} element */
function labelOf(element) {
  return (element.textContent ?? '').trim().replace(/\s+/g, ' ')
}

/** @returns {Command[]} what the page leads to and can do, in the order in which it stands there */
function commandsHere() {
  const places =
    '.console-menu a, .console-menu button[data-opens="keys"], main .actions a, main .act a, main .list-foot a'
  return [...document.querySelectorAll(places)].map((element) => ({
    label: labelOf(element),
    of: labelOf(element.closest('.menu-group')?.querySelector('h2') ?? document.querySelector('h1') ?? element),
    go: () => element instanceof HTMLElement && element.click(),
  }))
}

/** @param {string} text */
async function find(text) {
  const token = document.querySelector('input[name="csrf_token"]')
  if (text.length < 2 || !(token instanceof HTMLInputElement)) return []
  // In a body: what somebody pastes may be a token.
  const answer = await fetch('/api/v1/find', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', 'x-csrf-token': token.value },
    body: JSON.stringify({ q: text }),
  })
  if (!answer.ok) return []
  /** @type {{ items: { noun: string, id: string, label: string }[] }} */
  const { items } = await answer.json()
  return items.map(({ noun, id, label }) => {
    const path = `/admin/${encodeURIComponent(noun)}/`
    const menu = document.querySelector(`.console-menu a[href="${path}"]`)
    const of = menu === null ? noun : labelOf(menu)
    return { label, of, go: () => location.assign(`${path}${encodeURIComponent(id)}/`) }
  })
}

/** @param {Command[]} commands */
function show(commands) {
  shown = commands.slice(0, 12)
  chosen = 0
  list?.replaceChildren(
    ...shown.map(({ label, of }, at) => {
      const option = document.createElement('li')
      option.id = `palette-${at}`
      option.role = 'option'
      const name = document.createElement('bdi')
      name.textContent = label
      const where = document.createElement('span')
      where.textContent = of
      option.append(name, ' ', where)
      option.addEventListener('click', () => run(at))
      return option
    }),
  )
  if (list !== null) list.hidden = shown.length === 0
  box?.setAttribute('aria-expanded', String(shown.length > 0))
  if (told !== null) told.textContent = shown.length === 0 ? (told.dataset.none ?? '') : ''
  mark()
}

function mark() {
  for (const [at, option] of [...(list?.children ?? [])].entries()) {
    option.setAttribute('aria-selected', String(at === chosen))
    if (at === chosen) option.scrollIntoView({ block: 'nearest' })
  }
  if (shown.length > 0) box?.setAttribute('aria-activedescendant', `palette-${chosen}`)
  else box?.removeAttribute('aria-activedescendant')
}

/** @param {number} at */
function run(at) {
  if (palette instanceof HTMLDialogElement) palette.close()
  shown[at]?.go()
}

async function look() {
  if (!(box instanceof HTMLInputElement)) return
  asked += 1
  const mine = asked
  const text = box.value.trim()
  const words = text.toLowerCase()
  const here = commandsHere().filter(({ label, of }) => `${label} ${of}`.toLowerCase().includes(words))
  show(here)
  await new Promise((resolve) => setTimeout(resolve, 150))
  if (mine !== asked) return
  const found = await find(text).catch(() => [])
  if (mine === asked && found.length > 0) show([...here.slice(0, 6), ...found])
}

/** @param {string | undefined} name */
function open(name) {
  const dialog = name === 'palette' ? palette : sheet
  if (!(dialog instanceof HTMLDialogElement) || document.querySelector('dialog[open]') !== null) return
  dialog.showModal()
  if (dialog === palette && box instanceof HTMLInputElement) {
    box.value = ''
    void look()
  }
}

for (const button of document.querySelectorAll('button[data-opens]')) {
  if (!(button instanceof HTMLElement)) continue
  button.hidden = false
  button.addEventListener('click', () => open(button.dataset.opens))
}
if (choice instanceof HTMLInputElement) {
  choice.checked = areKeysOn()
  choice.addEventListener('change', () => keepKeys(choice.checked))
}
box?.addEventListener('input', () => void look())
box?.addEventListener('keydown', (event) => {
  if (event.isComposing) return
  const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (steps !== undefined && shown.length > 0) chosen = (chosen + steps + shown.length) % shown.length
  else if (event.key !== 'Enter') return
  event.preventDefault()
  if (event.key === 'Enter') run(chosen)
  else mark()
})

/** @returns {HTMLElement[]} what leads to each row of a list */
function rowsHere() {
  return [...document.querySelectorAll('main .list tbody th[scope="row"] a')].filter(
    (one) => one instanceof HTMLElement,
  )
}

/** @param {number} by */
function step(by) {
  const rows = rowsHere()
  const at = rows.findIndex((row) => row.closest('tr')?.contains(document.activeElement) === true)
  rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]?.focus()
}

/** @param {string} selector */
function press(selector) {
  const target = document.querySelector(selector)
  if (target instanceof HTMLElement) target.click()
}

/** @type {Record<string, () => void>} */
const single = {
  '/': () => {
    const search = document.querySelector('main [type="search"]') ?? document.querySelector('.find [type="search"]')
    if (search instanceof HTMLInputElement) search.focus()
  },
  '?': () => open('keys'),
  j: () => step(1),
  k: () => step(-1),
  x: () => {
    const tick = document.activeElement?.closest('main .list tbody tr')?.querySelector('input[type="checkbox"]')
    if (tick instanceof HTMLElement) tick.click()
  },
  e: () => press('main .actions a[href$="/change/"]'),
}

let isGoing = false
document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing) return
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
    event.preventDefault()
    open('palette')
    return
  }
  const isTyping =
    event.target instanceof Element && event.target.matches('input:not([type="checkbox"]), textarea, select')
  const isBusy = isTyping || document.querySelector('dialog[open]') !== null
  if (event.ctrlKey || event.metaKey || event.altKey || isBusy || !areKeysOn()) return
  const wasGoing = isGoing
  isGoing = !wasGoing && event.key === 'g'
  const act = wasGoing ? () => press(`.console-menu a[data-go="${CSS.escape(event.key)}"]`) : single[event.key]
  if (act === undefined) return
  event.preventDefault()
  act()
})

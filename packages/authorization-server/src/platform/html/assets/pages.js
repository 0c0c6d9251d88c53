// Comforts that pages do without when scripts are off: show a password, copy a value, fill in a demo user, local times.
// Each button is hidden in the markup and shown here, so that nobody sees one that cannot work.

/** @param {string} selector @param {(button: HTMLElement) => void} onClick */
function enable(selector, onClick) {
  for (const button of document.querySelectorAll(selector)) {
    if (!(button instanceof HTMLElement)) continue
    button.hidden = false
    button.addEventListener('click', () => onClick(button))
  }
}

enable('[data-reveal]', (button) => {
  const field = document.getElementById(button.getAttribute('aria-controls') ?? '')
  if (!(field instanceof HTMLInputElement)) return
  const shown = field.type === 'password'
  field.type = shown ? 'text' : 'password'
  field.autocapitalize = 'none'
  field.spellcheck = false
  button.setAttribute('aria-pressed', String(shown))
})

// A password must never be sent from a readable field: browsers would offer it as form history.
for (const form of document.forms) {
  form.addEventListener('submit', () => {
    for (const button of form.querySelectorAll('[data-reveal][aria-pressed="true"]')) {
      if (button instanceof HTMLElement) button.click()
    }
  })
}

if (navigator.clipboard !== undefined) {
  enable('[data-copy]', async (button) => {
    const source = document.getElementById(button.dataset.copy ?? '')
    const label = button.querySelector('span')
    if (source === null || label === null) return
    await navigator.clipboard.writeText(source.textContent ?? '')
    const before = button.dataset.label ?? label.textContent ?? ''
    button.dataset.label = before
    label.textContent = button.dataset.copied ?? before
    setTimeout(() => {
      label.textContent = before
    }, 2000)
  })
}

enable('[data-fill-username]', (button) => {
  const { fillUsername, fillPassword } = button.dataset
  const username = document.getElementById('username')
  const password = document.getElementById('password')
  if (!(username instanceof HTMLInputElement) || !(password instanceof HTMLInputElement)) return
  username.value = fillUsername ?? ''
  password.value = fillPassword ?? ''
  username.form?.querySelector('button:not([type="button"])')?.focus()
})

const moments = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' })
for (const time of document.querySelectorAll('time[data-local]')) {
  if (!(time instanceof HTMLTimeElement)) continue
  time.title = time.textContent ?? ''
  time.textContent = moments.format(new Date(time.dateTime))
}

// On a narrow screen the menu is a row that scrolls: bring the open page into it. Not by scrollIntoView, from which some browsers
// let the first Tab go on: it belongs to the link that skips the menu.
const hereInMenu = document.querySelector('.menu [aria-current]')
const sideMenu = hereInMenu?.closest('.menu')
if (hereInMenu && sideMenu) {
  const [at, around] = [hereInMenu.getBoundingClientRect(), sideMenu.getBoundingClientRect()]
  sideMenu.scrollLeft += at.left + at.width / 2 - around.left - around.width / 2
}

// After sign-out the applications are told in frames; then the person goes back to where they came from, the button saved.
const onward = document.querySelector('a[data-continue]')
if (onward instanceof HTMLAnchorElement && onward.protocol !== 'about:') {
  const told = [...document.querySelectorAll('iframe')].map(
    (frame) => new Promise((resolve) => frame.addEventListener('load', resolve, { once: true })),
  )
  const late = new Promise((resolve) => setTimeout(resolve, 3000))
  void Promise.race([Promise.all(told), late]).then(() => location.replace(onward.href))
}

// An answer that travels to an application as a form: its button is pressed. The page is left while it loads, so that it does
// not stand in the history, and nobody comes back to it.
const answer = document.querySelector('form[data-submit]')
if (answer instanceof HTMLFormElement) answer.requestSubmit()

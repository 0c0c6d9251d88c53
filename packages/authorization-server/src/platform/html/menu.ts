// Decides which pages the menu beside a signed-in person's pages leads to, in which order.
import type { PageContext } from './context.ts'
import { frameWords } from './frame-words.ts'
import { html, type Html } from './html.ts'
import { icon, type IconName } from './icons.ts'
import { speak } from './words.ts'

interface MenuItem {
  readonly key:
    | 'overview'
    | 'profile'
    | 'details'
    | 'password'
    | 'connectedApps'
    | 'sessions'
    | 'applications'
    | 'authorizedTokens'
  readonly href: string
  readonly icon: IconName
}

export type MenuKey = MenuItem['key']

const account: readonly MenuItem[] = [
  { key: 'overview', href: '/account/', icon: 'home' },
  { key: 'profile', href: '/account/profile/', icon: 'person' },
  { key: 'details', href: '/account/details/', icon: 'info' },
  { key: 'password', href: '/account/password/', icon: 'lock' },
  { key: 'connectedApps', href: '/account/apps/', icon: 'apps' },
  { key: 'sessions', href: '/account/sessions/', icon: 'device' },
]

const developer: readonly MenuItem[] = [
  { key: 'applications', href: '/o/applications/', icon: 'code' },
  { key: 'authorizedTokens', href: '/o/authorized_tokens/', icon: 'key' },
]

/** The side menu; `current` is marked for sight and for screen readers. */
export function menu(context: PageContext, current: MenuKey | undefined): Html {
  const { say, text } = speak(context, frameWords)
  const list = (title: 'menuAccount' | 'menuDeveloper', items: readonly MenuItem[]): Html => html`
      <div class="menu-group">
        <h2 class="menu-title">${say(title)}</h2>
        <ul>${items.map((item) => {
          const label = html`${icon(item.icon)}<span>${say(item.key)}</span>`
          return item.key === current
            ? html`<li><a href="${item.href}" aria-current="page">${label}</a></li>`
            : html`<li><a href="${item.href}">${label}</a></li>`
        })}</ul>
      </div>`
  return html`<nav class="menu" aria-label="${text('menu')}">${list('menuAccount', account)}${list('menuDeveloper', developer)}</nav>`
}

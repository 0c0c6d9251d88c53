// The pages of staff: items and users, and the page that signs people in.
import type { LocalUser } from '@latchkey/resource-server'
import type { Fields } from '../fields.ts'
import { itemFields } from '../items/forms.ts'
import { emailOf, type Item } from '../items/item.ts'
import { formatPrice } from '../items/price.ts'
import { html, type Html } from '../pages/html.ts'
import type { Page } from '../pages/layout.ts'
import { badge, field, hidden, icon, notice } from '../pages/parts.ts'

export interface SignInShown {
  readonly next: string
  readonly issuer: string
  readonly email?: string
  readonly error?: string
}

export function signInPage({ next, issuer, email, error }: SignInShown): Page {
  return {
    title: 'Sign in',
    isCard: true,
    body: html`<section class="panel">
<p><a class="button button-primary button-wide" href="/auth/login?next=${encodeURIComponent(next)}">${icon('key')}Sign in with Latchkey</a></p>
<p class="hint center">Staff and everybody else have their accounts at <bdi>${new URL(issuer).host}</bdi>.</p>
<details class="local"${error !== undefined && html` open`}><summary>Use a local account</summary>
${error !== undefined && notice('danger', error)}
<form method="post" action="/sign-in/" novalidate>${hidden('next', next)}
${field({ name: 'email', label: 'E-mail', kind: 'email', inputMode: 'email', autocomplete: 'username', value: email })}
${field({ name: 'password', label: 'Password', kind: 'password', autocomplete: 'current-password' })}
<button class="button button-wide">Sign in</button></form>
<p class="hint">Made by whoever runs this API: <code>npm run createsuperuser</code></p></details>
</section>`,
  }
}

export function itemsPage(items: readonly Item[], search: string, said?: string): Page {
  return {
    title: 'Items',
    menu: 'items',
    lead: items.length === 1 ? '1 item' : `${items.length} items`,
    actions: html`<a class="button button-primary" href="/admin/items/add/">${icon('plus')}Add item</a>`,
    body: html`${said !== undefined && notice('success', said)}
<form class="search" method="get" action="/admin/items/" role="search"><label class="unseen" for="q">Search names and descriptions</label>
<input class="input" id="q" name="q" type="search" value="${search}" placeholder="Search names and descriptions"><button class="button">Search</button></form>
${items.length === 0 ? nothing(search) : itemTable(items)}`,
  }
}

function nothing(search: string): Html {
  return search === ''
    ? html`<div class="empty">${icon('box')}<h2>No items yet</h2><p>Add one here, or let a program add one with <code>POST /items/</code>.</p></div>`
    : html`<div class="empty">${icon('box')}<h2>Nothing found</h2><p>No item has “${search}” in its name or description.</p><p><a href="/admin/items/">All items</a></p></div>`
}

function itemTable(items: readonly Item[]): Html {
  return html`<div class="table-frame"><table class="table">
<thead><tr><th scope="col">Name</th><th scope="col">Description</th><th scope="col" class="number">Price</th><th scope="col">Owner</th></tr></thead>
<tbody>${items.map(
    ({ id, name, description, price, owner }) =>
      html`<tr><th scope="row"><a href="/admin/items/${id}/">${name}</a></th><td data-title="Description" class="quiet">${description}</td><td data-title="Price" class="number">${formatPrice(price)}</td><td data-title="Owner">${nameOf(owner)}</td></tr>`,
  )}</tbody></table></div>`
}

export interface ItemFormShown {
  readonly item: Item | undefined
  readonly typed: Fields
  readonly errors?: Readonly<Record<string, unknown>>
  readonly formToken: string
}

export function itemFormPage({ item, typed, errors, formToken }: ItemFormShown): Page {
  const address = item === undefined ? '/admin/items/add/' : `/admin/items/${item.id}/`
  return {
    title: item === undefined ? 'Add item' : item.name,
    menu: 'items',
    lead: item === undefined ? 'It will be yours.' : `Item ${item.id}, made by ${nameOf(item.owner)}`,
    body: html`${errors !== undefined && notice('danger', 'Nothing was saved. Look at the fields that are marked.')}
<section class="panel form"><form method="post" action="${address}" novalidate>${hidden('form_token', formToken)}${itemFields(typed, errors)}
<div class="form-end"><a class="button" href="/admin/items/">Cancel</a><button class="button button-primary">Save</button></div></form></section>
${
  item !== undefined &&
  html`<section class="panel form panel-row" aria-labelledby="delete"><div><h2 id="delete">Delete this item</h2><p class="hint">You are asked once more.</p></div>
<a class="button button-danger" href="/admin/items/${item.id}/delete/">Delete</a></section>`
}`,
  }
}

export function deletePage(item: Item, formToken: string): Page {
  return {
    title: 'Delete item?',
    menu: 'items',
    body: html`<section class="panel form"><p>“<strong>${item.name}</strong>” of ${nameOf(item.owner)} will be gone. This cannot be undone.</p>
<form method="post" action="/admin/items/${item.id}/delete/">${hidden('form_token', formToken)}
<div class="form-end"><a class="button" href="/admin/items/${item.id}/">Keep it</a><button class="button button-danger-solid">Delete</button></div></form></section>`,
  }
}

export interface UsersShown {
  readonly users: readonly LocalUser[]
  readonly staff: ReadonlySet<number>
  readonly counts: ReadonlyMap<number, number>
  readonly ownUrl: string
  readonly selfId: number
  readonly formToken: string
  readonly said?: string | undefined
}

export function usersPage(shown: UsersShown): Page {
  const { users, said } = shown
  return {
    title: 'Users',
    menu: 'users',
    lead: 'Everybody whose token or sign-in was seen here. Passwords stay at the authorization server.',
    body: html`${said !== undefined && notice('success', said)}<div class="table-frame"><table class="table">
<thead><tr><th scope="col">User</th><th scope="col">Account at</th><th scope="col" class="number">Items</th><th scope="col">First seen</th><th scope="col">Status</th><th scope="col"><span class="unseen">Actions</span></th></tr></thead>
<tbody>${users.map((user) => userRow(user, shown))}</tbody></table></div>`,
  }
}

function userRow(user: LocalUser, { staff, counts, ownUrl, selfId, formToken }: UsersShown): Html {
  const isStaff = staff.has(user.id)
  const seen = new Date(user.createdAt).toISOString()
  const act = user.isActive ? 'deactivate' : 'activate'
  return html`<tr><th scope="row"><bdi>${nameOf(user)}</bdi> ${isStaff && badge('Staff')}</th>
<td data-title="Account at">${user.issuer === ownUrl ? 'This API' : new URL(user.issuer).host}</td>
<td data-title="Items" class="number">${counts.get(user.id) ?? 0}</td>
<td data-title="First seen"><time datetime="${seen}">${seen.slice(0, 10)}</time></td>
<td data-title="Status">${user.isActive ? badge('Active', 'success') : badge('Deactivated', 'danger')}</td>
<td class="row-end">${
    user.id === selfId
      ? html`<span class="quiet">You</span>`
      : html`<form method="post" action="/admin/users/${user.id}/${act}/">${hidden('form_token', formToken)}<button class="button button-small">${user.isActive ? 'Deactivate' : 'Activate'}<span class="unseen"> ${nameOf(user)}</span></button></form>`
  }</td></tr>`
}

function nameOf(user: Item['owner']): string {
  return emailOf(user) ?? user.username ?? `User ${user.id}`
}

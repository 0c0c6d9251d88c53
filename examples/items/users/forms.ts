// The forms under the relays of passwords, for whoever opens them in a browser.
import type { Answer } from '../endpoint.ts'
import { messagesOf, textOf } from '../fields.ts'
import { html, type Html } from '../pages/html.ts'
import { field, type Field } from '../pages/parts.ts'

const email: Field = { name: 'email', label: 'E-mail', kind: 'email', inputMode: 'email', autocomplete: 'username' }
const newPassword = { kind: 'password', autocomplete: 'new-password' } as const

export function signUpForms(answer: Answer): Html {
  return form(answer, '/users/signup/', 'Create an account', [
    email,
    { name: 'password', label: 'Password', ...newPassword },
    { name: 'password2', label: 'Password again', ...newPassword },
  ])
}

export function tokenForms(answer: Answer): Html {
  return form(answer, '/users/token/', 'Get a token', [
    email,
    { name: 'password', label: 'Password', kind: 'password', autocomplete: 'current-password' },
  ])
}

export function refreshForms(answer: Answer): Html {
  return form(answer, '/users/token/refresh/', 'Refresh a token', [
    { name: 'refresh', label: 'Refresh token', autocomplete: 'off' },
  ])
}

/** No form: a browser has no access token to send along, and the authorization server has a page for this. */
export function passwordForms(): Html {
  return html`<section class="panel form"><h2>Change a password</h2>
<p>Send <code>old_password</code>, <code>password</code> and <code>password2</code> with <code>PUT</code> and an access token.
In a browser, people change their password where it is kept: on the account page of the authorization server.</p></section>`
}

function form({ value, status, typed }: Answer, action: string, title: string, fields: readonly Field[]): Html {
  const filled = fields.map((one) => {
    return field({
      ...one,
      value: one.name === 'email' && status >= 400 ? textOf(typed, one.name) : '',
      errors: status === 400 ? messagesOf(value, one.name) : undefined,
    })
  })
  return html`<section class="panel form" aria-labelledby="act"><h2 id="act">${title}</h2>
<form method="post" action="${action}" novalidate>${filled}
<div class="form-end"><button class="button button-primary">POST</button></div></form></section>`
}

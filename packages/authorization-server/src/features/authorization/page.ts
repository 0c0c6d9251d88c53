// The consent page: who asks, where they send you, as whom, and what they could see or change; refusing weighs as much as
// allowing. Sources: RFC 6749 §10.2, RFC 9700 §4.1; nothing in its hidden fields is trusted but an opaque transaction id.
import {
  badge,
  cardPage,
  csrfField,
  hiddenField,
  html,
  type Html,
  icon,
  type PageContext,
  remark,
  signOutForm,
  speak,
} from '../../platform/html/index.ts'
import { type Brand, brandLinks, brandPairing } from '../branding/index.ts'
import { authorizationWords } from './words.ts'

export interface ConsentScope {
  /** On the wire, e.g. `profile`. */
  readonly scope: string
  /** In words, without a capital or full stop, e.g. `your name and picture`. */
  readonly description: string
  readonly effect: 'see' | 'change'
  /** Asked for now, but not when the person agreed last. */
  readonly isNew?: boolean
}

export interface ConsentPage {
  readonly applicationName: string
  readonly brand?: Brand
  /** It registered itself, and nobody let it in. */
  readonly isUnchecked?: boolean
  readonly redirect: {
    /** Host and port as a person reads them, or the scheme of a private-use URI. */
    readonly host: string
    readonly uri: string
    readonly isLoopback: boolean
  }
  /** The signed-in person's own name for themselves, e.g. the e-mail address. */
  readonly signedInAs: string
  readonly scopes: readonly ConsentScope[]
  /** Id of the server-side transaction. */
  readonly transaction: string
  /** The path that starts this request again after another account signed in. */
  readonly restart: string
}

export function consentPage(context: PageContext, page: ConsentPage): Html {
  const { say, text } = speak(context, authorizationWords)
  return cardPage(context, {
    title: text('title', { app: page.applicationName }),
    emblem: brandPairing(page.applicationName, page.brand),
    heading: say('heading', { app: html`<bdi class="strong">${page.applicationName}</bdi>` }),
    body: html`${redirectBox(context, page)}
<div class="account-row">${icon('person')}<div><span class="hint">${say('signedInAs')}</span><bdi class="strong">${page.signedInAs}</bdi></div>
${signOutForm(context, { label: say('switchAccount'), next: page.restart })}</div>
${scopeList(context, page.scopes)}
<form method="post" action="/o/authorize/">${csrfField(context)}${hiddenField('transaction', page.transaction)}
<div class="buttons buttons-pair"><button class="button button-solid" name="cancel" value="Cancel">${say('cancel')}</button><button class="button button-primary" name="allow" value="Authorize">${say('authorize')}</button></div></form>
<p class="aside">${say('until', { apps: html`<a href="/account/apps/">${say('connectedApps')}</a>` })}</p>${brandLinks(context, page.applicationName, page.brand)}`,
  })
}

function redirectBox(context: PageContext, page: ConsentPage): Html {
  const { say } = speak(context, authorizationWords)
  const { host, uri, isLoopback } = page.redirect
  return html`<details class="redirect"><summary>${icon('out')}<span class="redirect-text"><span class="hint">${say('sendsBack')}</span><bdi class="strong" dir="ltr">${host}</bdi></span><span class="unseen">${say('fullAddress')}</span>${icon('forward')}</summary><code dir="ltr">${uri}</code></details>
${isLoopback && remark('info', say('loopback'))}${page.isUnchecked === true && remark('warning', say('unchecked'))}`
}

function scopeList(context: PageContext, scopes: readonly ConsentScope[]): Html {
  const { say } = speak(context, authorizationWords)
  if (scopes.length === 0) return html`<p class="scope-none">${say('nothing')}</p>`
  const group = (effect: ConsentScope['effect']): Html | false => {
    const members = scopes.filter((scope) => scope.effect === effect)
    const lines = members.map(
      (scope) =>
        html`<li>${icon('check')}<span title="${scope.scope}">${scope.description}${scope.isNew === true && html` ${badge(say('isNew'), 'info')}`}</span></li>`,
    )
    return (
      members.length > 0 &&
      html`<section class="scopes"><h2>${icon(effect === 'see' ? 'eye' : 'change')}${say(effect)}</h2><ul>${lines}</ul></section>`
    )
  }
  return html`<div class="scope-groups">${group('see')}${group('change')}</div>`
}

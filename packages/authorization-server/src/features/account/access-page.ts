// Who may use the account: connected apps, sessions, and the authorized tokens of the seeds' path /o/authorized_tokens/.
// Each end of access is a form of its own, because a link would let any page end it.
import {
  ago,
  attributes,
  badge,
  cardPage,
  csrfField,
  emptyState,
  hiddenField,
  html,
  type Html,
  moment,
  monogram,
  type PageContext,
  speak,
  submitButton,
  table,
  workspacePage,
} from '../../platform/html/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import { accountNotice, type AccountNotice } from './notices.ts'
import { accountWords } from './words.ts'

export interface ConnectedApp {
  /** Opaque id of the consent, sent back as `app`. */
  readonly id: string
  readonly name: string
  /** Scopes in words, e.g. `your name and picture`. */
  readonly access: readonly string[]
  readonly since: Instant
  readonly lastUsed?: Instant | undefined
}

export interface ConnectedAppsPage {
  readonly apps: readonly ConnectedApp[]
  readonly now: Instant
  readonly notice?: AccountNotice | undefined
}

export function connectedAppsPage(context: PageContext, page: ConnectedAppsPage): Html {
  const { say, text } = speak(context, accountWords)
  const rows = page.apps.map((app) => [
    html`<span class="named">${monogram(app.name)}<bdi>${app.name}</bdi></span>`,
    app.access.length === 0 ? say('identityOnly') : html`${app.access.join(', ')}`,
    moment(context, app.since),
    ago(context, app.lastUsed, page.now),
    rowForm(context, {
      action: '/account/apps/revoke/',
      field: { app: app.id },
      label: say('remove'),
      name: text('removeNamed', { name: app.name }),
    }),
  ])
  const columns = [
    { title: text('app'), heads: true },
    { title: text('access') },
    { title: text('since') },
    { title: text('lastUsed') },
    { title: text('actions'), actions: true },
  ]
  return workspacePage(context, {
    title: text('appsTitle'),
    heading: say('appsTitle'),
    lead: say('appsLead'),
    current: 'connectedApps',
    body: html`${accountNotice(context, page.notice)}${
      rows.length === 0
        ? emptyState({ icon: 'apps', title: say('noAppsTitle'), text: say('noAppsText') })
        : table({ caption: say('appsTitle'), columns, rows })
    }`,
  })
}

interface RowForm {
  readonly action: string
  readonly field: Readonly<Record<string, string>>
  readonly label: Html
  /** What a screen reader says, so that rows differ. */
  readonly name: string
}

function rowForm(context: PageContext, form: RowForm): Html {
  const fields = Object.entries(form.field).map(([name, value]) => hiddenField(name, value))
  return html`<form class="inline" method="post" action="${form.action}">${csrfField(context)}${fields}<button class="button button-small button-danger"${attributes({ 'aria-label': form.name })}>${form.label}</button></form>`
}

export interface AccountSession {
  /** Opaque public id, sent back as `session`; never the cookie's value. */
  readonly id: string
  /** In words, e.g. `Firefox on Linux`. */
  readonly device: string
  readonly address: string
  readonly startedAt: Instant
  readonly lastSeenAt: Instant
  readonly isCurrent: boolean
}

export interface SessionsPage {
  readonly sessions: readonly AccountSession[]
  readonly now: Instant
  readonly notice?: AccountNotice | undefined
}

export function sessionsPage(context: PageContext, page: SessionsPage): Html {
  const { say, text } = speak(context, accountWords)
  const rows = page.sessions.map((session) => [
    html`<bdi>${session.device}</bdi>${session.isCurrent && html` ${badge(say('thisDevice'), 'success')}`}`,
    html`<code dir="ltr">${session.address}</code>`,
    moment(context, session.startedAt),
    ago(context, session.lastSeenAt, page.now),
    rowForm(context, {
      action: '/account/sessions/end/',
      field: { session: session.id },
      label: say('end'),
      name: text('endNamed', { name: session.device }),
    }),
  ])
  const columns = [
    { title: text('device'), heads: true },
    { title: text('address') },
    { title: text('started') },
    { title: text('lastSeen') },
    { title: text('actions'), actions: true },
  ]
  const others = page.sessions.some((session) => !session.isCurrent)
  return workspacePage(context, {
    title: text('sessionsTitle'),
    heading: say('sessionsTitle'),
    lead: say('sessionsLead'),
    current: 'sessions',
    body: html`${accountNotice(context, page.notice)}${table({ caption: say('sessionsTitle'), columns, rows })}
${
  others &&
  html`<form class="panel panel-row" method="post" action="/account/sessions/end-others/">${csrfField(context)}<p>${say('endOthersText')}</p><button class="button button-danger">${say('endOthers')}</button></form>`
}`,
  })
}

export interface AuthorizedToken {
  /** Opaque id of the grant; part of the address of its revoke page. */
  readonly id: string
  readonly applicationName: string
  readonly scopes: readonly string[]
  readonly issuedAt: Instant
  readonly lastRefreshedAt?: Instant | undefined
}

export interface AuthorizedTokensPage {
  readonly tokens: readonly AuthorizedToken[]
  readonly now: Instant
  readonly notice?: AccountNotice | undefined
}

export function authorizedTokensPage(context: PageContext, page: AuthorizedTokensPage): Html {
  const { say, text } = speak(context, accountWords)
  const rows = page.tokens.map((token) => [
    html`<bdi>${token.applicationName}</bdi>`,
    html`<span class="codes" dir="ltr">${token.scopes.map((scope) => html`<code>${scope}</code> `)}</span>`,
    moment(context, token.issuedAt),
    ago(context, token.lastRefreshedAt, page.now),
    html`<a class="button button-small button-danger" href="/o/authorized_tokens/${token.id}/delete/"${attributes({ 'aria-label': text('revokeNamed', { name: token.applicationName }) })}>${say('revoke')}</a>`,
  ])
  const columns = [
    { title: text('application'), heads: true },
    { title: text('scopes') },
    { title: text('issued') },
    { title: text('lastRefresh') },
    { title: text('actions'), actions: true },
  ]
  return workspacePage(context, {
    title: text('tokensTitle'),
    heading: say('tokensTitle'),
    lead: say('tokensLead'),
    current: 'authorizedTokens',
    body: html`${accountNotice(context, page.notice)}${
      rows.length === 0
        ? emptyState({ icon: 'key', title: say('noTokensTitle'), text: say('noTokensText') })
        : table({ caption: say('tokensTitle'), columns, rows })
    }`,
  })
}

export interface AuthorizedTokenRevokePage {
  readonly id: string
  readonly applicationName: string
  readonly scopes: readonly string[]
}

export function authorizedTokenRevokePage(context: PageContext, page: AuthorizedTokenRevokePage): Html {
  const { say, text } = speak(context, accountWords)
  return cardPage(context, {
    title: text('revokeTitle'),
    heading: say('revokeTitle'),
    body: html`<div class="message"><p>${say('revokeText', { app: html`<bdi class="strong">${page.applicationName}</bdi>` })}</p>
<p class="codes" dir="ltr">${page.scopes.map((scope) => html`<code>${scope}</code> `)}</p></div>
<form method="post" action="/o/authorized_tokens/${page.id}/delete/">${csrfField(context)}
<div class="buttons buttons-pair"><a class="button" href="/o/authorized_tokens/">${say('keep')}</a>${submitButton(say('revoke'))}</div></form>`,
  })
}

// One application: its ids, secrets (a new one is shown once, afterwards only its last letters), settings, endpoints with
// snippets to paste, and why its requests were refused. Never a hash: that was the top question about the seeds' page.
import {
  ago,
  attributes,
  badge,
  codeBlock,
  copyable,
  csrfField,
  duration,
  facts,
  hiddenField,
  html,
  type Html,
  icon,
  markDifference,
  moment,
  notice,
  type PageContext,
  speak,
  table,
  workspacePage,
} from '../../platform/html/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import { type ApplicationDelivery, deliveriesPanel } from './deliveries-page.ts'
import { type GrantType, grantTypeWords } from './page.ts'
import { type Endpoints, environmentFile, firstRequest } from './snippets.ts'
import { applicationWords } from './words.ts'

export interface ApplicationSecret {
  /** Sent back as `secret` to remove it. */
  readonly id: string
  /** Undefined when an operator chose the secret: then not even its end is shown. */
  readonly lastFour?: string | undefined
  readonly createdAt: Instant
  readonly lastUsedAt?: Instant | undefined
}

export interface ApplicationRefusal {
  readonly at: Instant
  readonly incident: string
  /** The rule that failed, as a sentence. */
  readonly rule: string
  readonly clause: string
  readonly sent?: string | undefined
  readonly registered?: string | undefined
  readonly difference?: string | undefined
  /** A form that repairs the registration by one click. */
  readonly fix?:
    | {
        readonly action: string
        readonly label: string
        readonly hidden?: Readonly<Record<string, string>> | undefined
      }
    | undefined
}

export interface ApplicationPage {
  readonly id: string
  readonly name: string
  readonly clientId: string
  readonly clientType: 'confidential' | 'public'
  readonly createdAt: Instant
  readonly grantTypes: readonly GrantType[]
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  readonly allowedOrigins: readonly string[]
  readonly logoutUris?: { readonly back: string | undefined; readonly front: string | undefined } | undefined
  readonly scopes: readonly string[]
  readonly pkceRequired: boolean
  readonly consent: 'ask' | 'skip'
  readonly algorithm: string
  readonly accessTokenLifetimeSeconds: number
  readonly refreshTokenLifetimeSeconds: number
  readonly introspection: 'none' | 'own' | 'any'
  /** Newest first. */
  readonly secrets: readonly ApplicationSecret[]
  /** A secret that was made just now; shown this once. */
  readonly newSecret?: string | undefined
  readonly endpoints: Endpoints
  /** Newest first. */
  readonly refusals: readonly ApplicationRefusal[]
  /** Newest first; undefined for an application that is not told of ends of sessions. */
  readonly deliveries?: readonly ApplicationDelivery[] | undefined
  readonly now: Instant
  readonly notice?: 'registered' | 'updated' | 'secret-removed' | 'redirect-added' | undefined
}

const noticeWords = {
  registered: 'noticeRegistered',
  updated: 'noticeUpdated',
  'secret-removed': 'noticeSecretRemoved',
  'redirect-added': 'noticeRedirectAdded',
} as const

export function applicationPage(context: PageContext, page: ApplicationPage): Html {
  const { say } = speak(context, applicationWords)
  return workspacePage(context, {
    title: page.name,
    heading: html`<bdi>${page.name}</bdi>`,
    lead: html`${say('detailLead', { when: moment(context, page.createdAt) })} ${badge(say(page.clientType))}`,
    current: 'applications',
    actions: html`<a class="button" href="/o/applications/${page.id}/update/">${say('edit')}</a><a class="button button-danger" href="/o/applications/${page.id}/delete/">${say('delete')}</a>`,
    body: html`${page.notice !== undefined && notice('success', say(noticeWords[page.notice]))}
${page.newSecret !== undefined && secretOnce(context, page.newSecret)}
<section class="panel"><h2>${say('clientId')}</h2>${copyable(context, 'client-id', page.clientId)}</section>
${secretsPanel(context, page)}${quickstart(context, page)}${refusalsPanel(context, page)}${page.deliveries !== undefined && deliveriesPanel(context, page.deliveries, page.now)}${settingsPanel(context, page)}${endpointsPanel(context, page.endpoints)}`,
  })
}

function secretOnce(context: PageContext, secret: string): Html {
  const { say } = speak(context, applicationWords)
  return html`<section class="panel panel-once" role="status">${icon('key')}<div><h2>${say('secretOnceTitle')}</h2><p>${say('secretOnceText')}</p>${copyable(context, 'client-secret', secret)}</div></section>`
}

function secretsPanel(context: PageContext, page: ApplicationPage): Html {
  const { say, text } = speak(context, applicationWords)
  if (page.clientType === 'public') {
    return html`<section class="panel"><h2>${say('secrets')}</h2><p class="quiet">${say('noSecretsText')}</p></section>`
  }
  // Without a record of uses, "never" would be wrong.
  const usage = page.secrets.some((secret) => secret.lastUsedAt !== undefined)
  const columns = [
    { title: text('secret'), heads: true },
    { title: text('secretCreated') },
    ...(usage ? [{ title: text('secretUsed') }] : []),
    { title: text('actions'), actions: true },
  ]
  const rows = page.secrets.map((secret, i) => [
    html`${secretName(context, secret)}${i === 0 && page.secrets.length > 1 && html` ${badge(say('secretNewest'), 'success')}`}`,
    ago(context, secret.createdAt, page.now),
    ...(usage ? [ago(context, secret.lastUsedAt, page.now)] : []),
    page.secrets.length > 1 ? removeSecretForm(context, page.id, secret) : html``,
  ])
  return html`<section class="panel"><header class="panel-head"><div><h2>${say('secrets')}</h2><p class="hint">${say('secretsHint')}</p></div>
<form class="inline" method="post" action="/o/applications/${page.id}/rotate-secret/">${csrfField(context)}<button class="button button-small">${say('rotate')}</button></form></header>
${rows.length > 0 && table({ caption: say('secrets'), columns, rows })}</section>`
}

function secretName(context: PageContext, secret: ApplicationSecret): Html {
  const { say } = speak(context, applicationWords)
  if (secret.lastFour === undefined) return say('secretChosen')
  return html`<span>${say('secretEnding', { lastFour: html`<code dir="ltr">…${secret.lastFour}</code>` })}</span>`
}

function removeSecretForm(context: PageContext, id: string, secret: ApplicationSecret): Html {
  const { say, text } = speak(context, applicationWords)
  const label = attributes({ 'aria-label': text('secretRemoveNamed', { lastFour: secret.lastFour ?? '' }) })
  return html`<form class="inline" method="post" action="/o/applications/${id}/remove-secret/">${csrfField(context)}${hiddenField('secret', secret.id)}<button class="button button-small button-danger"${label}>${say('secretRemove')}</button></form>`
}

function quickstart(context: PageContext, page: ApplicationPage): Html {
  const { say } = speak(context, applicationWords)
  return html`<section class="panel"><h2>${say('quickstart')}</h2><p class="hint">${say('quickstartHint')}</p>
<h3>${say('envTitle')}</h3>${codeBlock(context, 'snippet-env', environmentFile(page))}
<h3>${say('firstTitle')}</h3>${codeBlock(context, 'snippet-curl', firstRequest(page))}</section>`
}

function refusalsPanel(context: PageContext, page: ApplicationPage): Html {
  const { say } = speak(context, applicationWords)
  const items = page.refusals.map((refusal) => refusalItem(context, page, refusal))
  return html`<section class="panel"><h2>${say('refusals')}</h2><p class="hint">${items.length === 0 ? say('noRefusals') : say('refusalsHint')}</p>
${items.length > 0 && html`<ul class="refusals">${items}</ul>`}</section>`
}

function refusalItem(context: PageContext, page: ApplicationPage, refusal: ApplicationRefusal): Html {
  const { say } = speak(context, applicationWords)
  const { sent, registered, fix } = refusal
  const marked = sent !== undefined && registered !== undefined ? markDifference(sent, registered) : undefined
  const rows: (readonly [Html, Html])[] = []
  if (sent !== undefined)
    rows.push([say('sent'), html`<code class="difference" dir="ltr">${marked?.sent ?? sent}</code>`])
  if (marked !== undefined)
    rows.push([say('registered'), html`<code class="difference" dir="ltr">${marked.registered}</code>`])
  rows.push([say('incident'), html`<code dir="ltr">${refusal.incident}</code>`])
  const hidden = Object.entries(fix?.hidden ?? {}).map(([name, value]) => hiddenField(name, value))
  const difference = refusal.difference !== undefined && html` ${badge(html`${refusal.difference}`, 'warning')}`
  const repair =
    fix !== undefined &&
    html`<form class="inline" method="post" action="${fix.action}">${csrfField(context)}${hidden}<button class="button button-small">${fix.label}</button></form>`
  return html`<li><p><span class="strong">${refusal.rule}</span>${difference}</p><p class="hint">${ago(context, refusal.at, page.now)} · ${refusal.clause}</p>${facts(rows)}${repair}</li>`
}

function settingsPanel(context: PageContext, page: ApplicationPage): Html {
  const { say } = speak(context, applicationWords)
  const codes = (values: readonly string[]): Html =>
    values.length === 0
      ? html`<span class="quiet">${say('none')}</span>`
      : html`<span class="codes" dir="ltr">${values.map((value) => html`<code>${value}</code> `)}</span>`
  const introspection = { none: 'introspectionNone', own: 'introspectionOwn', any: 'introspectionAny' } as const
  return html`<section class="panel"><h2>${say('settings')}</h2>${facts([
    [
      say('grantTypes'),
      html`${page.grantTypes.map((grant, i) => html`${i > 0 && ', '}${say(grantTypeWords[grant])}`)}`,
    ],
    [say('redirectUris'), codes(page.redirectUris)],
    [say('postLogoutRedirectUris'), codes(page.postLogoutRedirectUris)],
    [say('allowedOrigins'), codes(page.allowedOrigins)],
    ...logoutFacts(page.logoutUris).map(([key, uri]) => [say(key), codes([uri])] as const),
    [say('scopes'), codes(page.scopes)],
    [say('pkce'), say(page.pkceRequired ? 'yes' : 'no')],
    [say('consent'), say(page.consent === 'ask' ? 'consentAsk' : 'consentSkip')],
    [say('algorithm'), html`${page.algorithm}`],
    [say('accessTokenLifetime'), duration(context, page.accessTokenLifetimeSeconds)],
    [say('refreshTokenLifetime'), duration(context, page.refreshTokenLifetimeSeconds)],
    [say('introspection'), say(introspection[page.introspection])],
  ])}</section>`
}

function logoutFacts(
  uris: ApplicationPage['logoutUris'],
): readonly (readonly ['backchannelUri' | 'frontchannelUri', string])[] {
  const { back, front } = uris ?? {}
  return [
    ...(back === undefined ? [] : [['backchannelUri', back] as const]),
    ...(front === undefined ? [] : [['frontchannelUri', front] as const]),
  ]
}

function endpointsPanel(context: PageContext, endpoints: Endpoints): Html {
  const { say } = speak(context, applicationWords)
  const rows = [
    ['issuer', endpoints.issuer],
    ['discovery', endpoints.discovery],
    ['authorizationEndpoint', endpoints.authorization],
    ['tokenEndpoint', endpoints.token],
    ['userinfoEndpoint', endpoints.userinfo],
    ['introspectionEndpoint', endpoints.introspection],
    ['revocationEndpoint', endpoints.revocation],
    ['jwks', endpoints.jwks],
  ] as const
  return html`<section class="panel"><h2>${say('endpoints')}</h2>${facts(rows.map(([key, url]) => [say(key), copyable(context, `endpoint-${key}`, url)]))}</section>`
}

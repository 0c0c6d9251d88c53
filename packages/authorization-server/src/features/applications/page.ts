// The list of a person's applications and the page that confirms deleting one. Source: the seeds' /o/applications/ pages.
import {
  attributes,
  badge,
  cardPage,
  csrfField,
  emptyState,
  html,
  type Html,
  icon,
  moment,
  monogram,
  notice,
  type PageContext,
  speak,
  table,
  workspacePage,
} from '../../platform/html/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import { applicationWords } from './words.ts'

export type GrantType = 'authorization_code' | 'refresh_token' | 'client_credentials' | 'password'

export interface ApplicationListing {
  /** Part of its address, `/o/applications/<id>/`. */
  readonly id: string
  readonly name: string
  readonly clientId: string
  readonly clientType: 'confidential' | 'public'
  readonly grantTypes: readonly GrantType[]
  readonly createdAt: Instant
}

export interface ApplicationsPage {
  readonly applications: readonly ApplicationListing[]
  readonly notice?: 'deleted' | undefined
}

export const grantTypeWords = {
  authorization_code: 'grantCode',
  refresh_token: 'grantRefresh',
  client_credentials: 'grantClientCredentials',
  password: 'grantPassword',
} as const

export function applicationsPage(context: PageContext, page: ApplicationsPage): Html {
  const { say, text } = speak(context, applicationWords)
  const register = html`<a class="button button-primary" href="/o/applications/register/">${icon('plus')}${say('register')}</a>`
  const rows = page.applications.map((application) => [
    html`<a class="named" href="/o/applications/${application.id}/">${monogram(application.name)}<bdi>${application.name}</bdi></a>`,
    html`<code dir="ltr">${application.clientId}</code>`,
    badge(say(application.clientType)),
    html`${application.grantTypes.map((grant, i) => html`${i > 0 && ', '}${say(grantTypeWords[grant])}`)}`,
    moment(context, application.createdAt),
  ])
  const columns = [
    { title: text('name'), heads: true },
    { title: text('clientId') },
    { title: text('type') },
    { title: text('grants') },
    { title: text('created') },
  ]
  const empty = emptyState({ icon: 'code', title: say('noneTitle'), text: say('noneText'), action: register })
  return workspacePage(context, {
    title: text('listTitle'),
    heading: say('listTitle'),
    lead: say('listLead'),
    current: 'applications',
    actions: rows.length > 0 ? register : undefined,
    body: html`${page.notice === 'deleted' && notice('success', say('noticeDeleted'))}${
      rows.length === 0 ? empty : table({ caption: say('listTitle'), columns, rows })
    }`,
  })
}

export interface ApplicationDeletePage {
  readonly id: string
  readonly name: string
  readonly clientId: string
  /** How many people and live grants it has. */
  readonly people: number
  readonly grants: number
}

export function applicationDeletePage(context: PageContext, page: ApplicationDeletePage): Html {
  const { say, text } = speak(context, applicationWords)
  const name = html`<bdi class="strong">${page.name}</bdi>`
  return cardPage(context, {
    title: text('deleteTitle', { name: page.name }),
    heading: say('deleteTitle', { name }),
    body: html`<div class="message"><p>${say('deleteText')}</p><ul class="plain-list">
<li>${say('deletePeople', { count: page.people })}</li>
<li>${say('deleteGrants', { count: page.grants })}</li>
<li>${say('deleteSecrets', { clientId: html`<code dir="ltr">${page.clientId}</code>` })}</li></ul></div>
<form method="post" action="/o/applications/${page.id}/delete/">${csrfField(context)}
<div class="buttons buttons-pair"><a class="button" href="/o/applications/${page.id}/">${say('deleteKeep')}</a><button class="button button-danger-solid"${attributes({ name: 'confirm', value: 'delete' })}>${say('delete')}</button></div></form>`,
  })
}

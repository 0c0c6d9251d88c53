// What came of telling an application that sessions ended: when, with what result, and when it is tried again. No person is named.
// OpenID Connect Back-Channel Logout §2.8.
import {
  ago,
  badge,
  html,
  type Html,
  moment,
  type PageContext,
  speak,
  table,
  type Tone,
} from '../../platform/html/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import { applicationWords } from './words.ts'

export interface ApplicationDelivery {
  readonly endedAt: Instant
  readonly state: 'waiting' | 'delivered' | 'refused' | 'given-up'
  readonly attempts: number
  /** A status, or the name of the fault that kept the last attempt from one. */
  readonly outcome: string | undefined
  readonly nextAt: Instant | undefined
}

const states = {
  waiting: ['deliveryWaiting', 'warning'],
  delivered: ['deliveryDelivered', 'success'],
  refused: ['deliveryRefused', 'danger'],
  'given-up': ['deliveryGivenUp', 'danger'],
} as const satisfies Readonly<Record<ApplicationDelivery['state'], readonly [keyof typeof applicationWords, Tone]>>

const faults = new Map([
  ['redirect', 'outcomeRedirect'],
  ['timeout', 'outcomeTimeout'],
  ['unreachable', 'outcomeUnreachable'],
  ['unresolved', 'outcomeUnresolved'],
  ['address', 'outcomeAddress'],
  ['unregistered', 'outcomeUnregistered'],
  ['busy', 'outcomeBusy'],
] as const)

export function deliveriesPanel(context: PageContext, deliveries: readonly ApplicationDelivery[], now: Instant): Html {
  const { say, text } = speak(context, applicationWords)
  if (deliveries.length === 0) {
    return html`<section class="panel"><h2>${say('deliveries')}</h2><p class="hint">${say('noDeliveries')}</p></section>`
  }
  const columns = [
    { title: text('deliveryWhen'), heads: true },
    { title: text('deliveryState') },
    { title: text('deliveryAttempts') },
    { title: text('deliveryNext') },
  ]
  const rows = deliveries.map((delivery) => {
    const [word, tone] = states[delivery.state]
    return [
      ago(context, delivery.endedAt, now),
      html`<span>${badge(say(word), tone)} ${outcomeOf(context, delivery.outcome)}</span>`,
      html`${delivery.attempts}`,
      delivery.nextAt === undefined
        ? html`<span class="quiet">${say('none')}</span>`
        : moment(context, delivery.nextAt),
    ]
  })
  return html`<section class="panel"><h2>${say('deliveries')}</h2><p class="hint">${say('deliveriesHint')}</p>
${table({ caption: say('deliveries'), columns, rows })}</section>`
}

function outcomeOf(context: PageContext, outcome: string | undefined): Html {
  const { say } = speak(context, applicationWords)
  if (outcome === undefined) return html``
  if (/^\d{3}$/.test(outcome)) return html`<span class="hint">${say('outcomeStatus', { status: outcome })}</span>`
  const known = [...faults].find(([fault]) => fault === outcome)?.[1]
  return html`<span class="hint">${say(known ?? 'outcomeOther')}</span>`
}

// Decides how pages tell something beside their content: notices, badges and empty states.
import { html, type Html } from './html.ts'
import { icon, type IconName } from './icons.ts'

export type Tone = 'success' | 'info' | 'warning' | 'danger'

const icons: Readonly<Record<Tone, IconName>> = { success: 'check', info: 'info', warning: 'warning', danger: 'alert' }

/** A box with a sentence. Success and info are polite (`status`); danger interrupts (`alert`). */
export function notice(tone: Tone, text: Html): Html {
  const role = tone === 'danger' ? 'alert' : 'status'
  return html`<div class="notice notice-${tone}" role="${role}">${icon(icons[tone])}<div>${text}</div></div>`
}

/** A standing remark that is part of the page, not news. */
export function remark(tone: Tone, text: Html): Html {
  return html`<div class="notice notice-${tone}">${icon(icons[tone])}<div>${text}</div></div>`
}

export function badge(label: Html, tone?: Tone): Html {
  return html`<span class="badge ${tone !== undefined && `badge-${tone}`}">${label}</span>`
}

export interface EmptyState {
  readonly icon: IconName
  readonly title: Html
  readonly text: Html
  readonly action?: Html | undefined
}

/** What a list says when it has nothing to list. */
export function emptyState(state: EmptyState): Html {
  return html`<div class="empty">${icon(state.icon)}<h2>${state.title}</h2><p>${state.text}</p>${state.action}</div>`
}

// Decides how values that people copy are shown: left to right, selectable as a whole, with a copy button when scripts run.
import type { PageContext } from './context.ts'
import { frameWords } from './frame-words.ts'
import { html, type Html } from './html.ts'
import { icon } from './icons.ts'
import { speak } from './words.ts'

function copyButton(context: PageContext, id: string): Html {
  const { say, text } = speak(context, frameWords)
  return html`<button class="copy" type="button" hidden data-copy="${id}" data-copied="${text('copied')}">${icon('copy')}<span aria-live="polite">${say('copy')}</span></button>`
}

/** One value on one line. `id` must be unique on the page. */
export function copyable(context: PageContext, id: string, value: string): Html {
  return html`<span class="copyable"><code id="${id}" dir="ltr">${value}</code>${copyButton(context, id)}</span>`
}

/** Several lines of code. */
export function codeBlock(context: PageContext, id: string, code: string): Html {
  return html`<div class="code-block"><pre dir="ltr"><code id="${id}">${code}</code></pre>${copyButton(context, id)}</div>`
}

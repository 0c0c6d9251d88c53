// The person at the browser: signs in, allows what applications ask, and presses the button of a page that carries an answer on.
import assert from 'node:assert/strict'
import type { Form } from '../support/form-browser.ts'
import type { Browser, Visited } from './browser.ts'

export type Step = 'sign-in' | 'account' | 'consent' | 'carry-on'

export interface Journey {
  /** Where it ended: at the application, or at a page that asks nothing. */
  readonly end: Visited
  /** What the person was asked on the way. */
  readonly steps: readonly Step[]
  /** The pages on which they were asked. */
  readonly asked: readonly Visited[]
}

export interface Credentials {
  readonly username: string
  readonly password: string
}

interface Question {
  readonly step: Step
  readonly form: Form
  readonly button?: string
}

/** A loop of questions ends here. */
const mostSteps = 6

/** Answers every question of the server at that origin, until there is none. */
export async function walk(
  browser: Browser,
  start: Visited,
  { username, password }: Credentials,
  origin: string,
): Promise<Journey> {
  const steps: Step[] = []
  const asked: Visited[] = []
  let end = start
  for (;;) {
    const question = questionOf(end, origin)
    if (question === undefined) return { end, steps, asked }
    steps.push(question.step)
    asked.push(end)
    assert.ok(steps.length <= mostSteps, `the person is asked without end: ${steps.join(', ')}`)
    const typed = question.step === 'sign-in' ? { username, password } : {}
    end = await browser.submit(end, question.form, typed, question.button)
  }
}

export function questionOf({ url, page }: Visited, origin: string): Question | undefined {
  if (url.origin !== origin || page.status !== 200) return undefined
  for (const form of page.forms) {
    if (form.action === '/accounts/login/') return { step: 'sign-in', form }
    if (form.action === '/o/authorize/' && form.buttons.some(({ name }) => name === 'allow')) {
      return { step: 'consent', form, button: 'allow' }
    }
    if (form.action === '/o/authorize/') return { step: 'account', form }
    if (form.action.startsWith('https:')) return { step: 'carry-on', form }
  }
  return undefined
}

// A person who has only a keyboard: Tab, Space, Enter, arrows and letters. Each step checks that the focus is seen, is not
// covered, and goes on in the order of the page (WCAG 2.2 §2.1.1, §2.4.3, §2.4.7, §2.4.11).
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { ask } from '../browser/stage.ts'

interface Focus {
  readonly name: string
  readonly tag: string
  readonly isSeen: boolean
  readonly isCovered: boolean
  readonly isAfterLast: boolean
}

/** What has the focus, as somebody who looks and listens would tell. */
const focused = `(() => {
  const one = document.activeElement
  if (one === null || one === document.body) {
    window.lastFocused = undefined
    return { name: '', tag: 'body', isSeen: true, isCovered: false, isAfterLast: true }
  }
  const labels = [...(one.labels ?? [])].map((label) => label.textContent)
  const name = (one.getAttribute('aria-label') ?? (labels.length > 0 ? labels.join(' ') : one.textContent)).trim().replace(/\\s+/g, ' ')
  const style = getComputedStyle(one)
  const isSeen = one.matches(':focus-visible') && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
  const { left, top, width, height } = one.getBoundingClientRect()
  const there = document.elementFromPoint(left + Math.min(width, innerWidth) / 2, top + Math.min(height, 20) / 2)
  const isCovered = there === null || !(one.contains(there) || there.contains(one))
  const last = window.lastFocused
  const isAfterLast = last === undefined || !last.isConnected || last.compareDocumentPosition(one) === 4 || last.contains(one)
  window.lastFocused = one
  return { name, tag: one.tagName.toLowerCase(), isSeen, isCovered, isAfterLast }
})()`

function isFocus(value: unknown): value is Focus {
  return typeof value === 'object' && value !== null && 'isAfterLast' in value
}

export function focusOf(page: Page): Promise<Focus> {
  return ask(page, focused, isFocus)
}

const mostSteps = 120

/** Tabs on until something that is called so has the focus. */
export async function tabTo(page: Page, name: string | RegExp, tags: readonly string[] = []): Promise<void> {
  const met: string[] = []
  for (let steps = 0; steps < mostSteps; steps += 1) {
    const focus = await focusOf(page)
    const isIt = typeof name === 'string' ? focus.name === name : name.test(focus.name)
    if (isIt && (tags.length === 0 || tags.includes(focus.tag))) return
    met.push(`${focus.tag} ${focus.name}`)
    await page.keyboard.press('Tab')
    const next = await focusOf(page)
    assert.ok(
      next.tag === 'body' || (next.isSeen && !next.isCovered),
      `the focus is not seen: ${next.tag} ${next.name}`,
    )
    assert.ok(next.tag === 'body' || next.isAfterLast, `the order is another one: ${next.tag} ${next.name}`)
  }
  assert.fail(`${String(name)} is not reached at ${page.url()}: ${met.join(', ')}`)
}

/** Goes to what leads to another page, and presses it. */
export async function pressOn(page: Page, name: string | RegExp, tags: readonly string[] = []): Promise<void> {
  await tabTo(page, name, tags)
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
}

/** Past what every page begins with: the first stop leads to the content. */
export async function skipToContent(page: Page): Promise<void> {
  await page.keyboard.press('Tab')
  assert.equal((await focusOf(page)).name, 'Skip to content')
  await page.keyboard.press('Enter')
  await page.waitForFunction(`location.hash === '#main'`)
}

export async function typeInto(page: Page, name: string | RegExp, text: string): Promise<void> {
  await tabTo(page, name, ['input', 'textarea'])
  await page.keyboard.press('Control+A')
  await page.keyboard.type(text)
}

export async function tick(page: Page, name: string | RegExp): Promise<void> {
  await tabTo(page, name, ['input'])
  await page.keyboard.press('Space')
}

// axe's verdict on the page that is open, as light and dark, wide and as narrow as a large zoom makes it (WCAG 2.2 AA, §1.4.10).
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { ask } from './stage.ts'

export interface Look {
  readonly colorScheme: 'light' | 'dark'
  readonly width: number
  /** Of all rules, those that look at colours: in the second of two colour schemes nothing else differs. */
  readonly rules: 'all' | 'colours' | 'none'
}

const looks: readonly Look[] = [
  { colorScheme: 'light', width: 1280, rules: 'all' },
  { colorScheme: 'dark', width: 1280, rules: 'colours' },
  { colorScheme: 'dark', width: 320, rules: 'colours' },
  { colorScheme: 'light', width: 320, rules: 'all' },
]

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const rules = {
  all: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  colours: ['color-contrast', 'link-in-text-block'],
} as const

/** Each violation as a line: the rule, and what of the page breaks it. */
const run = (which: 'all' | 'colours'): string =>
  `axe.run({ runOnly: ${JSON.stringify(rules[which])}, resultTypes: ['violations'], preload: false }).then((result) =>
  result.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.target.join(' ') + ' ' + (node.any[0]?.message ?? node.none[0]?.message ?? '')).join(' | ')))`
const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
/** What a page does when its look changes, and the transitions that this begins, take a moment. */
const settled = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  .then(() => Promise.allSettled(document.getAnimations().map((one) => one.finished))).then(() => true)`

/** Scripts must be on: axe waits on timers. */
export async function bringAxe(page: Page): Promise<void> {
  await page.evaluate(source)
}

export async function putOn({ colorScheme, width }: Look, page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.setViewportSize({ width, height: 800 })
}

/** What axe finds in the page as it looks now, and whether it is wider than its window. */
export async function faultsNow(page: Page, which: Look['rules']): Promise<readonly string[]> {
  const found = which === 'none' ? [] : await ask(page, run(which), isLines)
  const wider = await ask(page, overflow, isNumber)
  return wider === 0 ? found : [...found, `wider than the window by ${wider} px`]
}

export async function assertAccessible(page: Page): Promise<void> {
  await bringAxe(page)
  for (const look of looks) {
    await putOn(look, page)
    await page.evaluate(settled)
    const name = `${page.url()} ${await page.title()}, ${look.colorScheme}, ${look.width} px`
    assert.deepEqual(await faultsNow(page, look.rules), [], name)
  }
}

function isLines(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

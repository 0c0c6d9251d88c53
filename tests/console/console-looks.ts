// What axe says of every page of the console in one language, and whether any of them is wider than its window (WCAG 2.2 AA, §1.4.10).
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { ask } from '../browser/stage.ts'
import type { Locale } from '../../packages/authorization-server/src/platform/html/index.ts'
import { type ConsolePage, openConsolePage } from './console-pages.ts'
import type { ConsoleStage } from './console-stage.ts'

export interface Look {
  readonly colorScheme: 'light' | 'dark'
  readonly width: number
  /** Of all rules, those that look at colours: in the second of two colour schemes nothing else differs. */
  readonly rules: 'all' | 'colours' | 'none'
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const rules = {
  all: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  colours: ['color-contrast', 'link-in-text-block'],
} as const

/** Scripts must be on: axe waits on timers. Each violation as a line: the rule, and what of the page breaks it. */
const run = (which: 'all' | 'colours'): string =>
  `axe.run({ runOnly: ${JSON.stringify(rules[which])}, resultTypes: ['violations'], preload: false }).then((result) =>
  result.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.target.join(' ') + ' ' + (node.any[0]?.message ?? node.none[0]?.message ?? '')).join(' | ')))`
const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'

/**
 * Every page in a language, in each look. Faults of all pages are gathered: one run shows them all.
 * @param which what of the pages that differ from an earlier one in nothing but what they are of: with `all`, whether they
 * answer and fit; with `one of each kind`, nothing
 */
export async function assertLooks(
  stage: ConsoleStage,
  locale: Locale,
  which: 'all' | 'one of each kind',
  looks: readonly Look[],
): Promise<void> {
  const faults: string[] = []
  await stage.inConsole(async (page) => {
    // Signed in first: the words of that form are looked for in English.
    stage.speak(locale)
    const all = [...(await stage.pages()).values()].flat()
    const firsts = new Set(new Map(all.toReversed().map((one) => [one.kind, one])).values())
    const fits = looks.slice(-1).map((look) => ({ ...look, rules: 'none' }) as const)
    for (const one of which === 'all' ? all : firsts) {
      await openConsolePage(page, stage.server.url, one)
      faults.push(...(await faultsIn(page, one, locale, firsts.has(one) ? looks : fits)))
    }
  })
  assert.deepEqual(faults, [])
}

export async function faultsIn(
  page: Page,
  { path, step }: Pick<ConsolePage, 'path' | 'step'>,
  { tag }: Locale,
  looks: readonly Look[],
): Promise<readonly string[]> {
  const faults: string[] = []
  if ((await page.locator('html').getAttribute('lang')) !== tag) faults.push(`${path} does not speak ${tag}`)
  if (looks.some((look) => look.rules !== 'none')) await page.evaluate(axeSource)
  for (const { colorScheme, width, rules: which } of looks) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 800 })
    const found = which === 'none' ? [] : await ask(page, run(which), isLines)
    const wider = await ask(page, overflow, isNumber)
    const all = wider === 0 ? found : [...found, `wider than the window by ${wider} px`]
    faults.push(...all.map((one) => `${path} ${JSON.stringify(step ?? '')} ${tag} ${colorScheme} ${width} px: ${one}`))
  }
  return faults
}

function isLines(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

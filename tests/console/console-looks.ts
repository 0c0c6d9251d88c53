// What axe says of every page of the console in one language, and whether any of them is wider than its window (WCAG 2.2 AA, §1.4.10).
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { bringAxe, faultsNow, type Look, putOn } from '../browser/axe.ts'
import type { Locale } from '../../packages/authorization-server/src/platform/html/index.ts'
import { type ConsolePage, openConsolePage } from './console-pages.ts'
import type { ConsoleStage } from './console-stage.ts'

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
  if (looks.some((look) => look.rules !== 'none')) await bringAxe(page)
  for (const look of looks) {
    await putOn(look, page)
    const { colorScheme, width } = look
    const found = await faultsNow(page, look.rules)
    faults.push(
      ...found.map((one) => `${path} ${JSON.stringify(step ?? '')} ${tag} ${colorScheme} ${width} px: ${one}`),
    )
  }
  return faults
}

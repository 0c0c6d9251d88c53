// axe's verdict on the page that is open, as light and dark, wide and as narrow as a large zoom makes it (WCAG 2.2 AA, §1.4.10).
import assert from 'node:assert/strict'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { ask } from './stage.ts'

const looks = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'dark', width: 320 },
  { colorScheme: 'light', width: 320 },
] as const

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** Scripts must be on: axe waits on timers. Each violation as a line: the rule, and what of the page breaks it. */
const run = `axe.run({ runOnly: ${JSON.stringify(tags)}, resultTypes: ['violations'] }).then((result) =>
  result.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')).join(' | ')))`
/** What a page does when its look changes, and the transitions that this begins, take a moment. */
const settled = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  .then(() => Promise.allSettled(document.getAnimations().map((one) => one.finished))).then(() => true)`
const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'

export async function assertAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  for (const { colorScheme, width } of looks) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 800 })
    await page.evaluate(settled)
    const look = `${page.url()} ${await page.title()}, ${colorScheme}, ${width} px`
    assert.deepEqual(await ask(page, run, isLines), [], look)
    assert.equal(await ask(page, overflow, isNumber), 0, `${look}: wider than the window`)
  }
}

function isLines(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

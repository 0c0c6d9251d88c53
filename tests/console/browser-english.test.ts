// Every page of the console in English: axe finds nothing, in light and in dark, and none is wider than its window.
// None of them asks another origin for anything, or breaks its policy: whatever is visited is watched for that. The pages come from the table by which requests are served. WCAG 2.2 AA.
import assert from 'node:assert/strict'
import test from 'node:test'
import { english } from '../../packages/authorization-server/src/platform/html/index.ts'
import { assertLooks, faultsIn } from './console-looks.ts'
import { openConsoleStage } from './console-stage.ts'

const stage = await openConsoleStage()
await stage.fillLists()

test('every page of every noun in English', { timeout: 300_000 }, () =>
  assertLooks(stage, english, 'all', [
    { colorScheme: 'light', width: 1280, rules: 'all' },
    { colorScheme: 'dark', width: 1280, rules: 'colours' },
    { colorScheme: 'dark', width: 320, rules: 'none' },
  ]),
)

test('a fault is found when there is one', () =>
  stage.inConsole(async (page) => {
    const path = '/admin/'
    await page.goto(`${stage.server.url}${path}`)
    await page.evaluate(`document.querySelector('label[for=find]').remove()`)
    const found = await faultsIn(page, { path }, english, [{ colorScheme: 'light', width: 1280, rules: 'all' }])
    assert.match(found.join(), /label/)
    await page.evaluate(`document.querySelector('main').style.width = '200vw'`)
    const wide = await faultsIn(page, { path }, english, [{ colorScheme: 'light', width: 320, rules: 'none' }])
    assert.match(wide.join(), /wider than the window/)
  }))

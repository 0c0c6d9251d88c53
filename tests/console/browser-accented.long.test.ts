// Every kind of page of the console in longer words: axe finds nothing, in light and in dark, and none is wider than its window.
// The pages come from the table by which requests are served. WCAG 2.2 AA.
import test from 'node:test'
import { accentedEnglish } from '../../packages/authorization-server/src/platform/html/index.ts'
import { assertLooks } from './console-looks.ts'
import { openConsoleStage } from './console-stage.ts'

const stage = await openConsoleStage()
await stage.fillLists()

test('every kind of page of every noun in longer words', { timeout: 300_000 }, () =>
  assertLooks(stage, accentedEnglish, 'one of each kind', [
    { colorScheme: 'light', width: 1280, rules: 'none' },
    { colorScheme: 'dark', width: 320, rules: 'all' },
    { colorScheme: 'light', width: 320, rules: 'colours' },
  ]),
)

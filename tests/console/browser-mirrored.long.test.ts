// Every kind of page of the console in a language from right to left: axe finds nothing, in light and in dark, and none is wider than its window.
// The pages come from the table by which requests are served. WCAG 2.2 AA.
import test from 'node:test'
import { mirroredEnglish } from '../../packages/authorization-server/src/platform/html/index.ts'
import { assertLooks } from './console-looks.ts'
import { openConsoleStage } from './console-stage.ts'

const stage = await openConsoleStage()
await stage.fillLists()

test('every kind of page of every noun in a language from right to left', { timeout: 300_000 }, () =>
  assertLooks(stage, mirroredEnglish, 'one of each kind', [
    { colorScheme: 'dark', width: 1280, rules: 'colours' },
    { colorScheme: 'light', width: 1280, rules: 'all' },
    { colorScheme: 'light', width: 320, rules: 'none' },
  ]),
)

/**
 * A test reporter for logs: a line for each file, then every failure in full, then the totals as node prints them.
 * A green run of a thousand tests fits a screen, and a red one ends with what is red.
 */
import path from 'node:path'
import type { EventData } from 'node:test'
import type { TestEvent } from 'node:test/reporters'
import { inspect } from 'node:util'

/** What one file has said so far. Files run side by side, so each has its own. */
interface FileReport {
  readonly names: string[]
  readonly failures: string[]
  readonly output: string[]
}

const outputLinesKept = 60

/** @returns a reporter that shows paths relative to `root` */
export function compact(root: string): (source: AsyncIterable<TestEvent>) => AsyncGenerator<string, void> {
  const shown = (file: string | undefined) => (file === undefined ? '' : path.relative(root, file))
  return async function* report(source) {
    const reports = new Map<string, FileReport>()
    const totals: string[] = []
    for await (const event of source) {
      if (event.type === 'test:diagnostic' && event.data.file === undefined) totals.push(`ℹ ${event.data.message}\n`)
      else if (event.type === 'test:summary') yield summaryLine(shown(event.data.file), event.data)
      else {
        const file = fileThatFailed(reports, shown, event)
        if (file !== undefined) yield `✖ ${file} did not run to its end\n`
      }
    }
    const failed = [...reports].filter(([, { failures }]) => failures.length > 0)
    if (failed.length > 0) yield '\n✖ failing tests:\n'
    for (const [, { failures, output }] of failed) {
      for (const failure of failures) yield `\n${failure}\n`
      if (output.length > 0)
        yield `\n  what the file printed:\n${output.slice(-outputLinesKept).map(indent).join('\n')}\n`
    }
    yield '\n'
    yield* totals
  }
}

function summaryLine(file: string, { counts, duration_ms }: EventData.TestSummary): string {
  if (file === '') return ''
  const failed = counts.tests - counts.passed - counts.skipped - counts.todo
  const rest = `${failed > 0 ? `, ${failed} failed` : ''}${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`
  return `${failed > 0 ? '✖' : '✔'} ${file} (${counts.passed} passed${rest}, ${Math.round(duration_ms)} ms)\n`
}

/** Notes what an event tells of its file. @returns the file that itself failed, before or after its tests */
function fileThatFailed(
  reports: Map<string, FileReport>,
  shown: (file: string) => string,
  { type, data }: TestEvent,
): string | undefined {
  if (type !== 'test:start' && type !== 'test:stdout' && type !== 'test:stderr' && type !== 'test:fail')
    return undefined
  const file = data.file ?? ''
  const report = reports.get(file) ?? { names: [], failures: [], output: [] }
  reports.set(file, report)
  switch (type) {
    case 'test:start':
      report.names.splice(data.nesting, Infinity, data.name)
      return undefined
    case 'test:stdout':
    case 'test:stderr':
      report.output.push(data.message.trimEnd())
      return undefined
    case 'test:fail': {
      const isFile = data.name === file
      if (!onlySumsUp(data)) report.failures.push(describe(data, report.names, shown(file), isFile))
      return isFile ? shown(file) : undefined
    }
  }
}

/** A suite that failed because a test in it failed adds nothing. */
function onlySumsUp({ details }: EventData.TestFail): boolean {
  return 'failureType' in details.error && details.error.failureType === 'subtestsFailed'
}

function describe(failure: EventData.TestFail, names: readonly string[], file: string, isFile: boolean): string {
  if (isFile) return `✖ ${file}\n${indent('The file failed outside its tests; a stack is among what it printed.')}`
  const title = [...names.slice(0, failure.nesting), failure.name].join(' › ')
  const { error } = failure.details
  const cause = shownError(error.cause ?? error.message)
  const lines = cause.split('\n').filter((line) => !/^\s+at .*\(?node:/.test(line))
  return `✖ ${title} (${file}:${failure.line ?? 1})\n${lines.map(indent).join('\n')}`
}

/** An assertion's message holds its difference already; of another error every property may tell something. */
function shownError(cause: unknown): string {
  if (cause instanceof Error && 'generatedMessage' in cause) return cause.stack ?? cause.message
  return cause instanceof Error ? inspect(cause) : String(cause)
}

function indent(line: string): string {
  return `    ${line}`
}

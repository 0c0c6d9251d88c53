// What a run prints, and the page of the documentation.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine } from '../servers/target.ts'
import type { Timed } from './asking.ts'
import type { Exported } from './export.ts'

/** At most so long, for 95 of 100. */
export const barMs = 150

export interface EngineReport {
  readonly engine: Engine
  readonly fillSeconds: number
  readonly timed: readonly (Timed & { readonly ways: readonly string[] })[]
  readonly exported: Exported | undefined
}

export function longest(timed: readonly Timed[]): number {
  return Math.max(0, ...timed.map(({ waits }) => waits.p95))
}

export function printRun({ engine, timed, exported }: EngineReport): void {
  const slow = timed.toSorted((a, b) => b.waits.p95 - a.waits.p95)
  for (const one of slow.filter(({ waits }, at) => at < 25 || waits.p95 > barMs)) {
    const { p50, p95, max } = one.waits
    const mark = p95 > barMs ? 'BEHIND' : ''
    console.log(
      `${engine} ${mark.padEnd(7)}${one.noun} ${one.name} ${one.page}: p50 ${p50.toFixed(1)} p95 ${p95.toFixed(1)} max ${max.toFixed(1)} [${one.ways.join(', ')}]`,
    )
  }
  const behind = timed.filter(({ waits }) => waits.p95 > barMs).length
  console.log(
    `${engine}: ${timed.length} pages of lists, ${behind} behind; the longest p95 ${longest(timed).toFixed(1)} ms`,
  )
  if (exported !== undefined) console.log(`${engine}: ${exportLine(exported)}`)
}

function exportLine({ rows, told, megabytes, seconds, idleMegabytes, mostMegabytes, others }: Exported): string {
  const memory = `${idleMegabytes.toFixed(0)} MB before, ${mostMegabytes.toFixed(0)} MB at most (+${(mostMegabytes - idleMegabytes).toFixed(0)})`
  return `${rows} rows (told before: ${told}), ${megabytes.toFixed(0)} MB in ${seconds.toFixed(0)} s; resident ${memory}; a list meanwhile: p50 ${others.p50.toFixed(1)} ms, p95 ${others.p95.toFixed(1)} ms`
}

export interface Run {
  readonly machine: string
  readonly people: number
  readonly requests: number
  readonly reports: readonly EngineReport[]
}

/** One for each engine, so that one can be measured again. */
export async function writePage(run: Run): Promise<void> {
  const folder = join(import.meta.dirname, '../../docs/reference')
  await mkdir(folder, { recursive: true })
  for (const report of run.reports) {
    const text = pageOf({ ...run, reports: [report] }, engineNames[report.engine])
    await writeFile(join(folder, `lists-${report.engine}.md`), `${text.trimEnd()}\n`)
  }
}

const engineNames: Readonly<Record<Engine, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL' }

function pageOf({ machine, people, requests, reports }: Run, engineName: string): string {
  const many = people.toLocaleString('en')
  return [
    `# Lists with very many people on ${engineName}`,
    '',
    'Written by `npm run bench:lists -- --page`; do not edit.',
    '',
    `- Machine: ${machine}.`,
    `- Rows: ${many} people; as many sessions, grants and consents; twice as many events; ${Math.floor(people / 200).toLocaleString('en')} applications. SQLite without figures about its tables, as an installation has it; PostgreSQL after \`vacuum analyze\`, which autovacuum does.`,
    `- Each page of a list is asked for ${requests} times over HTTP, as JSON, one after the other: the first page, one from the middle of the order, the one before it. What takes longer than ${barMs} ms is asked for again, because the machine is shared.`,
    '- Asked for: every filter with every value (of references the commonest, a rare one and none), every sort in both directions, every filter with every sort, every search key, and every filter with the searches that find the most. Made from the declarations.',
    '- Counts end at 10,000 and say so.',
    '',
    '## By noun',
    '',
    `What is demanded: at most ${barMs} ms for 95 of 100.`,
    '',
    '| list | engine | pages asked for | median of p50 | longest p95 | where |',
    '|---|---|---|---|---|---|',
    ...reports.flatMap(nounRows),
    '',
    '## The longest ten',
    '',
    ...reports.flatMap(longestRows),
    '## A file of everybody',
    '',
    '| engine | rows | size | time | memory before | at most | a list meanwhile, p95 |',
    '|---|---|---|---|---|---|---|',
    ...reports.flatMap(({ engine, exported: e }) =>
      e === undefined
        ? []
        : [
            `| ${engine} | ${e.rows.toLocaleString('en')} | ${e.megabytes.toFixed(0)} MB | ${e.seconds.toFixed(0)} s | ${e.idleMegabytes.toFixed(0)} MB | ${e.mostMegabytes.toFixed(0)} MB | ${e.others.p95.toFixed(1)} ms |`,
          ],
    ),
    '',
    '## Indexes',
    '',
    'What the engines read for the lists of a noun, in the order of how often. “sorts” stands where the rows are few before they are sorted.',
    '',
    '| list | engine | read |',
    '|---|---|---|',
    ...reports.flatMap(indexRows),
  ].join('\n')
}

function byNoun({ timed }: EngineReport): readonly (readonly [string, EngineReport['timed']])[] {
  return [...Map.groupBy(timed, ({ noun }) => noun)]
}

function nounRows(report: EngineReport): readonly string[] {
  return byNoun(report).map(([noun, timed]) => {
    const middle = timed.map(({ waits }) => waits.p50).toSorted((a, b) => a - b)[Math.floor(timed.length / 2)] ?? 0
    const worst = timed.toSorted((a, b) => b.waits.p95 - a.waits.p95)[0]
    const behind = (worst?.waits.p95 ?? 0) > barMs ? ' **behind**' : ''
    return `| ${noun} | ${report.engine} | ${timed.length} | ${middle.toFixed(1)} ms | ${worst?.waits.p95.toFixed(1)} ms${behind} | ${worst?.name} ${worst?.page} |`
  })
}

function longestRows({ engine, timed }: EngineReport): readonly string[] {
  const worst = timed.toSorted((a, b) => b.waits.p95 - a.waits.p95).slice(0, 10)
  return [
    `${engine}:`,
    '',
    '| list | page | p50 | p95 | longest | read |',
    '|---|---|---|---|---|---|',
    ...worst.map(
      ({ noun, name, page, waits, ways }) =>
        `| ${noun}: ${name} | ${page} | ${waits.p50.toFixed(1)} ms | ${waits.p95.toFixed(1)} ms | ${waits.max.toFixed(1)} ms | ${ways.join(', ')} |`,
    ),
    '',
  ]
}

function indexRows(report: EngineReport): readonly string[] {
  return byNoun(report).flatMap(([noun, timed]) => {
    const counts = [
      ...Map.groupBy(
        timed.flatMap(({ ways }) => ways),
        (way) => way,
      ),
    ]
    const read = counts.toSorted(([, a], [, b]) => b.length - a.length).map(([way]) => way)
    return read.length === 0 ? [] : [`| ${noun} | ${report.engine} | ${read.join(', ')} |`]
  })
}

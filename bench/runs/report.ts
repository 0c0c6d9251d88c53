// What a run prints, and the page of the documentation that a full run writes.
import { cpus, loadavg, release, totalmem } from 'node:os'
import { pinning } from '../load/cpu.ts'
import { type Bar, bars, barOf, type Figure, meets } from './bars.ts'
import type { Compared } from './floors.ts'
import type { Pace, Result, Spread } from './measure.ts'

function number(value: number): string {
  if (Number.isInteger(value)) return String(value)
  return value >= 100 ? value.toFixed(0) : value.toFixed(2)
}

function range({ min, median, max }: Spread): string {
  return min === max ? number(median) : `${number(median)} (${number(min)}–${number(max)})`
}

export function figureLine({ id, engine, value, note }: Figure): string {
  const bar = barOf(id)
  const wanted =
    bar === undefined
      ? ''
      : `  bar ${bar.better === 'more' ? '≥' : '≤'} ${bar.bar}, aim ${bar.aim}  ${verdict(bar, value)}`
  return `${engine.padEnd(9)}${id.padEnd(34)}${range(value).padEnd(22)}${wanted}${note === undefined ? '' : `  [${note}]`}`
}

function verdict({ bar, aim, better }: Bar, value: Spread): string {
  if (meets(value.median, aim, better)) return 'reached'
  return meets(value.median, bar, better) ? 'holds' : 'MISSED'
}

export function resultLine({ name, cpuMicros, perSecond, p50Ms, generatorLoad, verified, faultCount }: Result): string {
  const cpu = `${range(cpuMicros)} µs`
  const load = `generator ${(100 * generatorLoad).toFixed(0)} %`
  return `  ${name.padEnd(16)}${cpu.padEnd(24)}${perSecond.median.toFixed(0).padStart(7)}/s  p50 ${p50Ms.toFixed(2)} ms  ${load}  ${verified} verified, ${faultCount} faults`
}

/** Figures that fall behind the loose bars of the quick run. */
export function failures(figures: readonly Figure[]): readonly Figure[] {
  return figures.filter(({ id, value }) => {
    const bar = barOf(id)
    return bar?.smoke !== undefined && !meets(value.median, bar.smoke, bar.better)
  })
}

export interface Report {
  readonly compared: readonly Compared[]
  readonly figures: readonly Figure[]
  readonly pace: Pace
  readonly peers: readonly string[]
}

export function machine(): string {
  const [first] = cpus()
  const memory = (totalmem() / 2 ** 30).toFixed(0)
  const load = (loadavg()[0] ?? 0).toFixed(2)
  return `${first?.model ?? 'unknown processor'}, ${cpus().length} cores, ${memory} GiB, ${process.platform} ${release()}, Node ${process.version}, load ${load} at the start`
}

export function page(report: Report, machineAtStart: string): string {
  const { figures, compared, pace } = report
  const missed = figures.filter(({ id, value }) => {
    const bar = barOf(id)
    return bar !== undefined && !meets(value.median, bar.bar, bar.better)
  })
  return [
    '# Performance',
    '',
    'Written by `npm run bench -- --full`; do not edit. How it is measured: [bench/README.md](../../bench/README.md).',
    '',
    `- Machine: ${machineAtStart}.`,
    `- Placement: ${pinning().how}.`,
    `- Each contender: ${pace.warmUpSeconds} s of warm-up, then ${pace.rounds} rounds of ${pace.seconds} s by turns. Median (least–most).`,
    '',
    '## Against what is demanded',
    '',
    'A ratio says how much is done in the processor time in which the floor, or the peer, does one; 1 is as good as the floor.',
    '',
    '| figure | engine | measured | at least | aim | | |',
    '|---|---|---|---|---|---|---|',
    ...bars.flatMap((bar) => figures.filter(({ id }) => id === bar.id).map((figure) => barRow(bar, figure))),
    '',
    '## What is missed',
    '',
    ...(missed.length === 0 ? ['Nothing.'] : missed.map(missedLine)),
    '',
    '## Everything that was measured',
    '',
    'Processor time of all server and database processes per verified answer.',
    '',
    '| operation | engine | server | µs of processor time | answers/s | p50 ms | generator |',
    '|---|---|---|---|---|---|---|',
    ...compared.flatMap(({ operation, engine, results }) =>
      results.map((result) => resultRow(operation, engine, result)),
    ),
    '',
    ...otherFigures(figures),
    ...report.peers,
  ].join('\n')
}

function barRow(bar: Bar, { engine, value, note }: Figure): string {
  const unit = bar.unit === '' ? '' : ` ${bar.unit}`
  const sign = bar.better === 'more' ? '≥' : '≤'
  return `| ${bar.what} | ${engine} | ${range(value)}${unit} | ${sign} ${bar.bar}${unit} | ${bar.aim}${unit} | ${verdict(bar, value)} | ${note ?? ''} |`
}

function missedLine({ id, engine, value }: Figure): string {
  const bar = barOf(id)
  return `- ${bar?.what ?? id}, ${engine}: ${range(value)}, demanded ${bar?.better === 'more' ? '≥' : '≤'} ${bar?.bar}.`
}

function resultRow(operation: string, engine: string, result: Result): string {
  const { name, cpuMicros, perSecond, p50Ms, generatorLoad } = result
  return `| ${operation} | ${engine} | ${name} | ${range(cpuMicros)} | ${perSecond.median.toFixed(0)} | ${p50Ms.toFixed(2)} | ${(100 * generatorLoad).toFixed(0)} % |`
}

/** Those for which nothing is demanded. */
function otherFigures(figures: readonly Figure[]): readonly string[] {
  const others = figures.filter(({ id }) => barOf(id) === undefined)
  return others.length === 0
    ? []
    : [
        '| figure without a bar | engine | measured | |',
        '|---|---|---|---|',
        ...others.map(({ id, engine, value, note }) => `| ${id} | ${engine} | ${range(value)} | ${note ?? ''} |`),
        '',
      ]
}

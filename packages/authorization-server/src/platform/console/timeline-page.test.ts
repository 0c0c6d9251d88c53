import assert from 'node:assert/strict'
import { test } from 'node:test'
import { english, mirroredEnglish, type PageContext } from '../html/index.ts'
import { type Timeline, timelineFigure } from './timeline-page.ts'

const hour = 3_600_000
const now = Date.UTC(2027, 0, 15, 12)
const looks = { waiting: 'Waits', current: 'Is on', leaving: 'Leaves' }

function drawn(lanes: Timeline['lanes'], context: Partial<PageContext> = {}): string {
  const timeline = { title: 'Lives', looks, lanes, now }
  return timelineFigure({ locale: english, development: false, assetVersion: 'v1', ...context }, timeline).text
}

function picture(text: string): string {
  return /<svg class="timeline-picture"[\s\S]*?<\/svg>/.exec(text)?.[0] ?? ''
}

function bars(text: string): readonly { readonly look: string; readonly x: number; readonly width: number }[] {
  const found = picture(text).matchAll(/<rect class="span-(\w+)" x="([\d.]+)%" y="\d+" width="([\d.]+)%"/g)
  return [...found].map(([, look = '', x, width]) => ({ look, x: Number(x), width: Number(width) }))
}

const lane = {
  label: 'a whole name',
  short: 'a…',
  spans: [
    { look: 'current', from: now - 10 * hour, to: now + hour },
    { look: 'leaving', from: now + hour, to: now + 20 * hour },
  ],
} as const

test('a span begins where the one before it ends, and none leaves the picture', () => {
  const [first, second] = bars(drawn([lane]))
  assert.ok(first !== undefined && second !== undefined)
  assert.ok(Math.abs(first.x + first.width - second.x) < 0.02)
  assert.ok(first.x >= 0 && second.x + second.width <= 100)
})

test('where pages run from right to left, so does time', () => {
  const [plain, mirrored] = [bars(drawn([lane])), bars(drawn([lane], { locale: mirroredEnglish }))]
  for (const [at, { x, width }] of plain.entries()) {
    assert.ok(Math.abs((mirrored[at]?.x ?? -1) - (100 - x - width)) < 0.02)
  }
})

test('the shortest span shows, and what has no end runs on to the edge', () => {
  const spans = [
    { look: 'waiting', from: now - 1, to: now },
    { look: 'current', from: now, to: undefined },
  ] as const
  const [short, long] = bars(drawn([{ ...lane, spans }]))
  assert.ok((short?.width ?? 0) >= 0.5)
  assert.ok(Math.abs((long?.x ?? 0) + (long?.width ?? 0) - 100) < 0.02)
})

test('what ended long ago is left out of the picture and of the table', () => {
  const old = { ...lane, label: 'long gone', spans: [{ look: 'current', from: 0, to: hour } as const] }
  const text = drawn([old, lane])
  assert.ok(!text.includes('long gone') && text.includes('a whole name'))
})

test('the table says in words what the picture shows, and the picture has a name', () => {
  const text = drawn([lane])
  assert.match(picture(text), /role="img" aria-labelledby="timeline-title"/)
  const rows = text.match(/<tr role="row"><th scope="row"/g) ?? []
  assert.equal(rows.length, bars(text).length)
  for (const said of ['Is on', 'Leaves', 'Jan 15, 2027, 13:00 UTC']) assert.ok(text.includes(said), said)
})

test('names are text, whatever stands in them', () => {
  const text = drawn([{ ...lane, label: '<script>', short: '"><b>' }])
  assert.ok(!text.includes('<script>') && !text.includes('<b>'))
})

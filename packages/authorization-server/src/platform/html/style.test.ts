// Holds what the style sheets promise: contrast (WCAG 2.2 §1.4.3, §1.4.11), mirroring, no foreign origin, and a small page.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import test from 'node:test'
import { loadAssets } from './assets.ts'

const folder = new URL('./assets/', import.meta.url)
const sheets = readdirSync(folder).filter((name) => name.endsWith('.css'))
const css = new Map(sheets.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]))

function colours(block: string): ReadonlyMap<string, string> {
  return new Map([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1] ?? '', match[2] ?? '']))
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, two: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(two)].toSorted((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const text: readonly (readonly [string, string])[] = [
  ...['ink', 'quiet', 'accent-ink', 'danger'].flatMap((ink) =>
    ['ground', 'surface', 'sunken'].map((ground) => [ink, ground] as const),
  ),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
  ['accent-ink', 'accent-soft'],
  ['success', 'success-soft'],
  ['warning', 'warning-soft'],
  ['danger', 'danger-soft'],
  ['surface', 'danger'],
  ['surface', 'danger-strong'],
  ['ink', 'line'],
  ['ink', 'danger-soft'],
  ['ink', 'success-soft'],
  ['ink', 'warning-soft'],
  ['ink', 'accent-soft'],
]
const edges: readonly (readonly [string, string])[] = [
  ['edge', 'surface'],
  ['edge', 'ground'],
  ['accent-ink', 'surface'],
  ['accent-ink', 'ground'],
]

const base = css.get('base.css') ?? ''
const darkStart = base.indexOf('prefers-color-scheme: dark')

for (const [scheme, block] of [
  ['light', base.slice(0, darkStart)],
  ['dark', base.slice(darkStart)],
] as const) {
  test(`${scheme}: text has a contrast of at least 4.5, edges of fields and focus rings of 3`, () => {
    const palette = colours(block)
    const check = (pairs: readonly (readonly [string, string])[], least: number): void => {
      for (const [one, two] of pairs) {
        const [a, b] = [palette.get(one), palette.get(two)]
        assert.ok(a !== undefined && b !== undefined, `${one} or ${two} is missing`)
        assert.ok(contrast(a, b) >= least, `${one} on ${two}: ${contrast(a, b).toFixed(2)}`)
      }
    }
    check(text, 4.5)
    check(edges, 3)
  })
}

test('style sheets mirror by themselves: no left or right but for code, which always runs left to right', () => {
  for (const [name, sheet] of css) {
    const physical = [
      ...sheet.matchAll(/^\s*((?:margin|padding|border)-(?:left|right)|left|right|float|width|height)\s*:.*$/gm),
    ]
    assert.deepEqual(
      physical.map((match) => match[0].trim()),
      [],
      name,
    )
    for (const [rule] of sheet.matchAll(/[^{}]*\{[^{}]*text-align: (?:left|right)[^{}]*\}/g))
      assert.match(rule, /pre|response-head/)
  }
})

test('style sheets load nothing, from nowhere', () => {
  for (const [name, sheet] of css) assert.doesNotMatch(sheet, /url\(|@import|@font-face|https?:/, name)
})

test('what the sign-in page loads stays under 25 kB, the script under 5 kB, before compression', () => {
  const { files } = loadAssets()
  const size = (name: string): number => files.get(name)?.body.byteLength ?? Number.POSITIVE_INFINITY
  assert.ok(size('pages.css') + size('pages.js') + size('favicon.svg') <= 25_000)
  assert.ok(size('pages.js') <= 5000)
})

test('the version of the assets is the same for the same bytes', () => {
  assert.match(loadAssets().version, /^[0-9a-f]{12}$/)
  assert.equal(loadAssets().version, loadAssets().version)
})

// specs/README.md: every module of the conformance suite with its test, and every clause that code cites, with the file that cites
// it and the tests that do.
import { conformanceSection } from './conformance.ts'
import { documentOf, documents } from './documents.ts'
import { anchor, generated, link, table } from './markdown.ts'
import type { Source } from './sources.ts'

interface Clause {
  readonly code: Set<string>
  readonly tests: Set<string>
}

export function specificationsPage(sources: readonly Source[]): string {
  const cited = new Map<string, Map<string, Clause>>()
  for (const source of sources) {
    for (const { document, section } of citationsIn(source.text)) {
      const clauses = cited.get(document) ?? new Map<string, Clause>()
      cited.set(document, clauses)
      const clause = clauses.get(section) ?? { code: new Set(), tests: new Set() }
      clauses.set(section, clause)
      ;(source.isTest ? clause.tests : clause.code).add(source.path)
    }
  }
  const known = new Set(sources.map(({ path }) => path))
  const names = [...cited.keys()].toSorted((one, other) => rank(one) - rank(other))
  const sections = names.flatMap((name) => {
    const { title, url } = documentOf(name)
    const clauses = [...(cited.get(name) ?? [])].toSorted(([one], [other]) => compareSections(one, other))
    return [`## ${name}`, `[${title}](${url})`, table(['Clause', 'Code', 'Tests'], clauses.map(rowOf(known)))]
  })
  const overview = names.map((name) => {
    const clauses = [...(cited.get(name)?.values() ?? [])]
    const proven = clauses.filter(({ tests }) => tests.size > 0).length
    return [`[${name}](#${anchor(name)})`, documentOf(name).title, String(clauses.length), String(proven)]
  })
  return generated('Specifications', [
    ...introduction,
    table(['', 'Document', 'Clauses', 'Cited by a test'], overview),
    ...conformanceSection(sources),
    ...sections,
  ])
}

const introduction = [
  [
    'Which clause of which standard stands where. A file cites the clause that forces what it does, and a test cites the clause that it',
    'proves; this page collects both. Where no test names a clause, the tests beside the file are listed, in italics. The modules of the',
    '[conformance suite](#conformance) come first.',
  ].join('\n'),
]

/** A document, then its sections: `RFC 6749 §4.1.2, §5.2`, `OWASP ASVS 5.0 V6.3.1`, `RFC 7636 Appendix B`. */
function citationsIn(text: string): readonly { readonly document: string; readonly section: string }[] {
  const flowing = text.replaceAll(/\n\s*(?:\/\/|\*(?!\/))\s*/g, ' ')
  const name = Object.keys(documents)
    .toSorted((one, other) => other.length - one.length)
    .map((one) => one.replaceAll('.', '\\.'))
    .join('|')
  const section = String.raw`(?:§|V(?=\d)|Appendix )[\dA-Z]+(?:\.\d+)*(?:[-–]\d+(?:\.\d+)*)?`
  const pattern = new RegExp(`\\b(${name}|RFC \\d+(?:bis)?)(?!\\d)((?:,? (?:and )?${section})*)`, 'g')
  return [...flowing.matchAll(pattern)].flatMap(([, document = '', list = '']) => {
    const sections = list.match(new RegExp(section, 'g')) ?? ['as a whole']
    return sections.map((one) => ({ document, section: one.replace('–', '-') }))
  })
}

function rowOf(known: ReadonlySet<string>): (clause: readonly [string, Clause]) => readonly string[] {
  return ([section, { code, tests }]) => {
    const beside = [...code].map(besideOf).filter((path) => known.has(path))
    const proofs = tests.size > 0 ? links(tests) : beside.map((path) => `_${link(path)}_`).join(', ')
    return [section, links(code), proofs]
  }
}

function besideOf(path: string): string {
  return path.replace(/\.ts$/, '.test.ts')
}

function links(paths: ReadonlySet<string>): string {
  return [...paths].toSorted().map(link).join(', ')
}

function rank(name: string): number {
  const at = Object.keys(documents).indexOf(name)
  return at === -1 ? Number.POSITIVE_INFINITY : at
}

function compareSections(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true })
}

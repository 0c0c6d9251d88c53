// Reads the part of YAML that compose.yaml keeps to: mappings, lists of scalars, JSON-like lists in one line, comments. Anything
// else is an error here, so that what this reads is what every other reader reads. YAML 1.2.2 §8.2.

export type Yaml = string | readonly Yaml[] | { readonly [key: string]: Yaml }

interface Line {
  readonly indent: number
  readonly text: string
}

/** @throws Error that names the line which is more than the subset */
export function readYaml(source: string): Yaml {
  const lines = source.split('\n').flatMap((whole): Line[] => {
    const text = whole.trimStart()
    if (text === '' || text.startsWith('#')) return []
    const indent = whole.length - text.length
    if (whole.includes('\t') || indent % 2 !== 0 || text !== text.trimEnd()) throw new Error(`Odd spaces: ${whole}`)
    return [{ indent, text }]
  })
  const [value, rest] = readBlock(lines, 0)
  if (rest.length > 0) throw new Error(`Not expected here: ${rest[0]?.text}`)
  return value
}

function readBlock(lines: readonly Line[], indent: number): readonly [Yaml, readonly Line[]] {
  const [first] = lines
  if (first === undefined || first.indent !== indent) throw new Error(`A block is missing at ${first?.text}`)
  return first.text.startsWith('- ') ? readList(lines, indent) : readMapping(lines, indent)
}

function readList(lines: readonly Line[], indent: number): readonly [Yaml, readonly Line[]] {
  const end = lines.findIndex((line) => line.indent !== indent || !line.text.startsWith('- '))
  const items = end === -1 ? lines : lines.slice(0, end)
  return [items.map(({ text }) => readScalar(text.slice(2))), lines.slice(items.length)]
}

function readMapping(lines: readonly Line[], indent: number): readonly [Yaml, readonly Line[]] {
  const mapping: Record<string, Yaml> = {}
  let rest = lines
  for (;;) {
    const [line] = rest
    if (line === undefined || line.indent < indent) return [mapping, rest]
    const [, key, value] = /^([A-Za-z_][\w.-]*):(?: (.+))?$/.exec(line.text) ?? []
    if (line.indent !== indent || key === undefined) throw new Error(`No "key: value": ${line.text}`)
    if (Object.hasOwn(mapping, key)) throw new Error(`Twice: ${line.text}`)
    if (value === undefined) [mapping[key], rest] = readBlock(rest.slice(1), indent + 2)
    else [mapping[key], rest] = [readScalar(value), rest.slice(1)]
  }
}

/** Only what means the same with and without the rules of YAML for unquoted words. */
function readScalar(text: string): Yaml {
  if (text === '{}') return {}
  if (text.startsWith('"') || text.startsWith('[')) return JSON.parse(text) as Yaml
  if (!/^[A-Za-z0-9./_-]+$/.test(text) || /^(yes|no|on|off|null|~)$/i.test(text)) {
    throw new Error(`Quote it: ${text}`)
  }
  return text
}

/** The value at a path of keys. @throws Error when there is none */
export function at(value: Yaml | undefined, ...path: readonly string[]): Yaml {
  const found = path.reduce<Yaml | undefined>(
    (inside, key) =>
      typeof inside === 'object' && !Array.isArray(inside)
        ? Object.entries(inside).find(([name]) => name === key)?.[1]
        : undefined,
    value,
  )
  if (found === undefined) throw new Error(`There is no ${path.join('.')}.`)
  return found
}

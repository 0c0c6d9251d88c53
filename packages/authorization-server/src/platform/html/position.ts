// Decides where in the markup each value of a template lands, and refuses the places where escaping does not protect.
// Source: WHATWG HTML §13.2.5; a value in an unquoted attribute, a comment, a tag name, a script or a style is never safe.

export type Position = 'text' | 'tag' | 'attribute' | 'url'

type State = 'text' | 'tag' | 'equals' | 'unquoted' | 'quoted' | 'raw' | 'comment'

const rawElements: ReadonlySet<string> = new Set(['script', 'style', 'iframe', 'noscript', 'xmp', 'plaintext'])
const urlAttribute = /(?:^|\s)(?:href|src|action|formaction|poster|cite|ping|data)\s*=\s*["']$/i

interface Scan {
  state: State
  element: string
  quote: string
}

const known = new WeakMap<readonly string[], readonly Position[]>()

/** The position of each value; computed once for each template. Throws where no value may stand. */
export function positionsOf(strings: readonly string[]): readonly Position[] {
  const seen = known.get(strings)
  if (seen !== undefined) return seen
  const scan: Scan = { state: 'text', element: '', quote: '' }
  const positions = strings.slice(0, -1).map((literal): Position => {
    walk(scan, literal)
    return positionAt(scan, literal)
  })
  known.set(strings, positions)
  return positions
}

function positionAt(scan: Scan, literal: string): Position {
  switch (scan.state) {
    case 'text':
    case 'tag':
      return scan.state
    case 'quoted':
      return urlAttribute.test(literal) ? 'url' : 'attribute'
    default:
      throw new TypeError(`No value may stand here (${scan.state}): …${literal.slice(-40)}`)
  }
}

function walk(scan: Scan, literal: string): void {
  for (let at = 0; at < literal.length; at++) step(scan, literal, at)
}

function step(scan: Scan, literal: string, at: number): void {
  const character = literal.charAt(at)
  switch (scan.state) {
    case 'text':
      if (character === '<') openTag(scan, literal.slice(at))
      return
    case 'tag':
      if (character === '=') scan.state = 'equals'
      else if (character === '>') scan.state = rawElements.has(scan.element) ? 'raw' : 'text'
      return
    case 'equals':
      if (character === '"' || character === "'") Object.assign(scan, { state: 'quoted', quote: character })
      else if (character.trim() !== '') scan.state = 'unquoted'
      return
    case 'unquoted':
      if (character === '>') scan.state = 'text'
      else if (character.trim() === '') scan.state = 'tag'
      return
    case 'quoted':
      if (character === scan.quote) scan.state = 'tag'
      return
    case 'raw':
      if (literal.slice(at).toLowerCase().startsWith(`</${scan.element}`))
        Object.assign(scan, { state: 'tag', element: '' })
      return
    case 'comment':
      if (literal.slice(0, at + 1).endsWith('-->')) scan.state = 'text'
  }
}

function openTag(scan: Scan, rest: string): void {
  if (rest.startsWith('<!--')) {
    scan.state = 'comment'
    return
  }
  const name = /^<\/?([a-z][^\s/>]*)/i.exec(rest)?.[1]
  if (name !== undefined)
    Object.assign(scan, { state: 'tag', element: rest.startsWith('</') ? '' : name.toLowerCase() })
  else if (/^<\/?$/.test(rest)) scan.state = 'unquoted'
}

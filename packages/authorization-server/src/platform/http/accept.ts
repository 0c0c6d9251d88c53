// Which of two kinds a caller would rather have (RFC 9110 §12.5.1), as far as we offer a choice: JSON or HTML.

interface Range {
  readonly type: string
  readonly quality: number
}

function ranges(accept: string): readonly Range[] {
  return accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))
    const quality = weight === undefined ? 1 : Number(weight.slice(2))
    return { type: type.toLowerCase(), quality: Number.isFinite(quality) ? quality : 0 }
  })
}

function qualityOf(type: string, accepted: readonly Range[]): number {
  const family = `${type.split('/')[0]}/*`
  for (const wanted of [type, family, '*/*']) {
    const range = accepted.find((candidate) => candidate.type === wanted)
    if (range !== undefined) return range.quality
  }
  return 0
}

/** JSON wins a tie, so that `*\/*` and no Accept header at all get JSON; a browser, which names text/html, gets a page. */
export function preferred(accept: string | undefined): 'json' | 'html' | 'neither' {
  if (accept === undefined || accept.trim() === '') return 'json'
  const accepted = ranges(accept)
  const json = qualityOf('application/json', accepted)
  const html = qualityOf('text/html', accepted)
  if (json === 0 && html === 0) return 'neither'
  return html > json ? 'html' : 'json'
}

/** Whether the caller names this very type, and likes it no less than JSON: for what only those get who ask for it. */
export function wants(accept: string | undefined, type: string): boolean {
  if (accept === undefined || !accept.toLowerCase().includes(type)) return false
  const accepted = ranges(accept)
  const named = accepted.find((candidate) => candidate.type === type)?.quality ?? 0
  const json = accepted.find((candidate) => candidate.type === 'application/json')?.quality ?? 0
  return named > 0 && named >= json
}

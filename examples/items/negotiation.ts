// Decides whether a caller gets JSON or a page of it. RFC 9110 §12.5.1: what is named first and weighs most.

/** The kind that the Accept header, or `?format=`, asks for; undefined when it is neither. */
export function wantedFormat(accept: string | undefined, format: string | undefined): 'json' | 'page' | undefined {
  if (format !== undefined) return format === 'json' ? 'json' : format === 'api' ? 'page' : undefined
  if (accept === undefined || accept.trim() === '') return 'json'
  const page = weightOf(accept, ['text/html'])
  const json = weightOf(accept, ['application/json', 'application/*', '*/*'])
  if (page === 0 && json === 0) return undefined
  return page > json || (page === json && accept.indexOf('text/html') < accept.indexOf('json')) ? 'page' : 'json'
}

/** The weight that the first of the types has in the header; 0 when none is there. */
function weightOf(accept: string, types: readonly string[]): number {
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))
    return { type, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 }
  })
  const found = types.map((type) => ranges.find((range) => range.type === type)).find((range) => range !== undefined)
  return found?.weight ?? 0
}

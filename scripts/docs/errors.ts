// docs/reference/errors.md: the catalogue of error codes, and the rules behind them.
import { oauthErrors } from '../../packages/protocol/src/index.ts'
import { generated, table } from './markdown.ts'
import { ruleMeanings, rulesOf } from './rules.ts'
import { type Source, Undocumented } from './sources.ts'

export function errorsPage(sources: readonly Source[]): string {
  const codes = Object.entries(oauthErrors).map(([code, { status, mayRedirect, meaning, spec }]) => [
    `\`${code}\``,
    String(status),
    mayRedirect ? 'yes' : 'no',
    meaning,
    spec,
  ])
  const found = rulesOf(sources)
  const undescribed = [...found.keys()].filter((rule) => ruleMeanings[rule] === undefined)
  if (undescribed.length > 0)
    throw new Undocumented(`scripts/docs/rules.ts has no meaning for ${undescribed.join(', ')}.`)
  const gone = Object.keys(ruleMeanings).filter((rule) => !found.has(rule))
  if (gone.length > 0)
    throw new Undocumented(`scripts/docs/rules.ts explains what the code does not have: ${gone.join(', ')}.`)
  const rules = [...found]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([rule, paths]) => [`\`${rule}\``, ruleMeanings[rule] ?? '', paths.map(link).join(', ')])
  return generated('Errors', [
    '## Codes',
    [
      'What a client gets. The status is that of a direct answer; a code that may redirect goes to the client’s registered redirect URI,',
      'once that is proven. A status of its own stands where HTTP has a better word: 405, 413, 429, 503.',
    ].join('\n'),
    table(['Code', 'Status', 'May redirect', 'Meaning', 'Clause'], codes),
    '## Rules',
    [
      'One code has many causes, and a client is told no more than the code. Which rule refused stands in the log, under the id of the',
      'header `Latchkey-Incident`, and for its owner on the page of the application. Records are kept in memory, the newest 2,000.',
    ].join('\n'),
    table(['Rule', 'What it means', 'Decided in'], rules),
  ])
}

function link(path: string): string {
  return `[${path.split('/').slice(-2).join('/')}](../../${path})`
}

// What the description of the API says of the figures, and of what needs care: the shape of what `overview-endpoint.ts` answers.
import type { Json } from './openapi-parts.ts'

const text: Json = { type: 'string' }
const moment: Json = { type: 'integer', description: 'Milliseconds since 1970, UTC.' }
const rows: Json = { type: ['string', 'null'], description: 'The address of the rows behind it.' }

const counted: Json = {
  count: { type: 'integer', minimum: 0 },
  count_is_exact: { type: 'boolean', description: 'Where it is false, there are so many at least.' },
}

const series: Json = {
  type: 'object',
  required: ['name', 'label', 'rows'],
  properties: { name: text, label: text, rows },
}

const point: Json = {
  type: 'object',
  description: 'An hour or a day (`at`), or something that has a name (`label`).',
  required: ['counts', 'rows'],
  properties: {
    at: moment,
    label: text,
    counts: { type: 'object', description: 'By series.', additionalProperties: { type: 'integer', minimum: 0 } },
    rows: {
      type: ['object', 'string', 'null'],
      description: 'The address of the rows behind it; of an hour or a day by series.',
      additionalProperties: { type: ['string', 'null'] },
    },
  },
}

const figure: Json = {
  type: 'object',
  required: ['name', 'title', 'about', 'count', 'count_is_exact', 'rows', 'series', 'points'],
  properties: {
    name: text,
    title: text,
    about: { type: 'string', description: 'Over which time, and what is counted.' },
    ...counted,
    rows,
    series: { type: 'array', items: series },
    points: { type: 'array', description: 'In the order of time, or the largest first.', items: point },
  },
}

const care: Json = {
  type: 'object',
  required: ['name', 'tone', 'title', 'why', 'items', 'has_more', 'rows'],
  properties: {
    name: text,
    tone: { type: 'string', enum: ['danger', 'warning', 'info'] },
    title: text,
    why: text,
    items: {
      type: 'array',
      items: {
        type: 'object',
        description: 'With the figures that its kind of care has: an age in days, a number of attempts.',
        required: ['label', 'rows'],
        properties: { label: text, rows },
        additionalProperties: { type: ['number', 'string'] },
      },
    },
    has_more: { type: 'boolean', description: 'There are others besides these.' },
    rows,
  },
}

export const overviewSchema: Json = {
  type: 'object',
  required: ['at', 'nouns', 'figures', 'cares'],
  properties: {
    at: moment,
    nouns: {
      type: 'object',
      description: 'How many rows each noun has, by its name.',
      additionalProperties: { type: 'object', required: ['count', 'count_is_exact'], properties: counted },
    },
    figures: { type: 'array', items: figure },
    cares: { type: 'array', items: care },
  },
}

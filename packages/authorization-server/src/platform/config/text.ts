// Text from the environment or a flag, as the value that a setting's type expects. What it cannot read it hands on unchanged:
// the schema then refuses it with its own words.

import { z } from 'zod'
import type { Unit } from './fragment.ts'

const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['off', false],
])

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const bytes: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1_048_576, GiB: 1_073_741_824 }

const measures: Readonly<Record<Unit, { table: Readonly<Record<string, number>>; divisor: number } | undefined>> = {
  milliseconds: { table: milliseconds, divisor: 1 },
  seconds: { table: milliseconds, divisor: 1000 },
  days: { table: milliseconds, divisor: 86_400_000 },
  bytes: { table: bytes, divisor: 1 },
  KiB: { table: bytes, divisor: 1024 },
  percent: undefined,
}

/**
 * @param schema the setting's type
 * @param text what was written
 * @returns a number, a boolean, a list or an object where the type asks for one and the text is one; otherwise the text
 */
export function fromText(schema: unknown, text: string, unit?: Unit): unknown {
  if (schema instanceof z.ZodNumber) {
    return numberFrom(text, unit)
  }
  if (schema instanceof z.ZodBoolean) {
    return truths.get(text.trim().toLowerCase()) ?? text
  }
  if (schema instanceof z.ZodArray) {
    return listFrom(schema.element, text, unit)
  }
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) {
    return jsonFrom(text)
  }
  if (schema instanceof z.ZodUnion) {
    return fromUnion(schema.options, text, unit)
  }
  if (schema instanceof z.ZodPipe) {
    return fromText(schema.in, text, unit)
  }
  return isWrapper(schema) ? fromText(schema.unwrap(), text, unit) : text
}

type Wrapper = z.ZodDefault | z.ZodPrefault | z.ZodOptional | z.ZodNullable | z.ZodReadonly

function isWrapper(schema: unknown): schema is Wrapper {
  return [z.ZodDefault, z.ZodPrefault, z.ZodOptional, z.ZodNullable, z.ZodReadonly].some(
    (kind) => schema instanceof kind,
  )
}

/** The first alternative that the text satisfies; the text itself when none does. */
function fromUnion(options: readonly unknown[], text: string, unit: Unit | undefined): unknown {
  for (const option of options) {
    const value = fromText(option, text, unit)
    if (option instanceof z.ZodType && option.safeParse(value).success) {
      return value
    }
  }
  return text
}

function numberFrom(text: string, unit: Unit | undefined): number | string {
  const parts = /^\s*([+-]?\d[\d_]*(?:\.\d+)?)\s*([A-Za-z]*)\s*$/.exec(text)
  const amount = parts?.[1]
  const suffix = parts?.[2]
  if (amount === undefined || suffix === undefined) {
    return text
  }
  const value = Number(amount.replaceAll('_', ''))
  if (suffix === '') {
    return value
  }
  const measure = unit === undefined ? undefined : measures[unit]
  const factor = measure !== undefined && Object.hasOwn(measure.table, suffix) ? measure.table[suffix] : undefined
  return measure === undefined || factor === undefined ? text : (value * factor) / measure.divisor
}

function listFrom(element: unknown, text: string, unit: Unit | undefined): unknown {
  if (text.trimStart().startsWith('[')) {
    return jsonFrom(text)
  }
  const items = text.split(/[\s,]+/).filter((item) => item !== '')
  return items.map((item) => fromText(element, item, unit))
}

function jsonFrom(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return text
  }
}

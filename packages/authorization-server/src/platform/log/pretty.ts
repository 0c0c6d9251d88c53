// A log record as one line for a person: time, level, message, fields; an error's frames follow, indented.

import { isRecord, withoutControls } from './redact.ts'

const colours: Readonly<Record<string, string>> = {
  debug: '\u001b[90m',
  info: '\u001b[36m',
  warn: '\u001b[33m',
  error: '\u001b[31m',
}
const faint = '\u001b[90m'
const reset = '\u001b[0m'

/**
 * @param line one JSON record as the logger writes it
 * @param inColour whether the reader is a terminal that shows colour
 */
export function prettyLine(line: string, inColour: boolean): string {
  const record: unknown = JSON.parse(line)
  if (!isRecord(record)) {
    return `${withoutControls(line)}\n`
  }
  const { level, time, message, ...fields } = record
  const paint = (colour: string | undefined, text: string): string =>
    inColour && colour !== undefined ? `${colour}${text}${reset}` : text
  const levelText = withoutControls(String(level))
  const clock = withoutControls(String(time)).slice(11, 23)
  const head = `${paint(faint, clock)} ${paint(colours[levelText], levelText.toUpperCase().padEnd(5))} ${withoutControls(String(message))}`
  const shown = Object.entries(fields).map(
    ([name, value]) => ` ${paint(faint, `${withoutControls(name)}=`)}${fieldText(value)}`,
  )
  const frames = Object.values(fields).flatMap(framesOf)
  return `${head}${shown.join('')}\n${frames.map((frame) => `    ${paint(faint, withoutControls(frame))}\n`).join('')}`
}

function fieldText(value: unknown): string {
  if (isRecord(value) && typeof value['message'] === 'string' && Array.isArray(value['stack'])) {
    const cause = value['cause'] === undefined ? '' : ` because ${fieldText(value['cause'])}`
    return `${withoutControls(`${String(value['type'])}: ${value['message']}`)}${cause}`
  }
  if (typeof value === 'string') {
    return withoutControls(/[\s="]/.test(value) || value === '' ? JSON.stringify(value) : value)
  }
  return withoutControls(JSON.stringify(value) ?? '')
}

function framesOf(value: unknown): readonly string[] {
  const stack = isRecord(value) ? value['stack'] : undefined
  return Array.isArray(stack) ? stack.filter((frame) => typeof frame === 'string') : []
}

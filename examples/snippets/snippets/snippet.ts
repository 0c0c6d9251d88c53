// Decides what a snippet is: code with an optional title of at most 100 characters, a language and a style to show it in.
import { type FieldErrors, fieldOf, type Fields, type Read, readText } from '../fields.ts'

export const languages: readonly string[] = [
  'bash',
  'c',
  'css',
  'go',
  'html',
  'java',
  'javascript',
  'json',
  'python',
  'ruby',
  'rust',
  'sql',
  'text',
  'typescript',
]
export const styles: readonly string[] = ['colorful', 'default', 'emacs', 'friendly', 'monokai', 'vim']

export interface SnippetValues {
  readonly title: string
  readonly code: string
  readonly linenos: boolean
  readonly language: string
  readonly style: string
}

export interface Snippet extends SnippetValues {
  readonly id: number
}

const defaults = { title: '', linenos: false, language: 'python', style: 'friendly' }

export type ReadSnippet = { readonly values: SnippetValues } | { readonly errors: FieldErrors }

/**
 * Reads the fields. What is absent has its default, but the code.
 * @param known the snippet that is changed in part: then what is absent stays as it is
 */
export function readSnippet(fields: Fields, known?: SnippetValues): ReadSnippet {
  const title = read(fields, 'title', known?.title ?? defaults.title, (value) =>
    readText(value, { max: 100, blank: true }),
  )
  const code = read(fields, 'code', known?.code, (value) => readText(value, { max: 50_000, trim: false }))
  const linenos = read(fields, 'linenos', known?.linenos ?? defaults.linenos, readBoolean)
  const language = read(fields, 'language', known?.language ?? defaults.language, (value) =>
    readChoice(value, languages),
  )
  const style = read(fields, 'style', known?.style ?? defaults.style, (value) => readChoice(value, styles))
  if ('value' in title && 'value' in code && 'value' in linenos && 'value' in language && 'value' in style) {
    return {
      values: {
        title: title.value,
        code: code.value,
        linenos: linenos.value,
        language: language.value,
        style: style.value,
      },
    }
  }
  const reads = Object.entries({ title, code, linenos, language, style })
  return { errors: Object.fromEntries(reads.flatMap(([name, one]) => ('errors' in one ? [[name, one.errors]] : []))) }
}

function read<Value>(
  fields: Fields,
  name: string,
  absent: Value | undefined,
  parse: (value: unknown) => Read<Value>,
): Read<Value> {
  const value = fieldOf(fields, name)
  if (value !== undefined) return parse(value)
  return absent === undefined ? { errors: ['This field is required.'] } : { value: absent }
}

const truths: readonly unknown[] = [true, 1, 'true', 'True', 'on', 'yes', '1', 't', 'y']
const falsehoods: readonly unknown[] = [false, 0, 'false', 'False', 'off', 'no', '0', 'f', 'n']

function readBoolean(value: unknown): Read<boolean> {
  if (truths.includes(value)) return { value: true }
  return falsehoods.includes(value) ? { value: false } : { errors: ['Must be a valid boolean.'] }
}

function readChoice(value: unknown, choices: readonly string[]): Read<string> {
  if (value === null) return { errors: ['This field may not be null.'] }
  const choice = choices.find((one) => one === value)
  return choice === undefined ? { errors: [`"${typed(value)}" is not a valid choice.`] } : { value: choice }
}

function typed(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 100)
}

/** The snippet as the API shows it. */
export function shownSnippet({ id, title, code, linenos, language, style }: Snippet): Snippet {
  return { id, title, code, linenos, language, style }
}

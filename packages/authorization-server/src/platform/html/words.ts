// Decides how a page speaks: every visible text is a message with typed slots in a catalogue, never a literal in a page.
// Sources: Unicode plural rules through Intl; ICU-like {slot} names.
import { html, type Html, type HtmlValue } from './html.ts'
import { framed, spoken, type Locale } from './locale.ts'

/** A text with {slots}, or one text for each plural form of {count}. */
export type Message = string | { readonly one: string; readonly other: string }
export type Catalogue = Readonly<Record<string, Message>>

type SlotsOfText<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | SlotsOfText<Rest>
  : never
type SlotsOf<M> = M extends string
  ? SlotsOfText<M>
  : M extends { readonly one: infer One extends string; readonly other: infer Other extends string }
    ? 'count' | SlotsOfText<One> | SlotsOfText<Other>
    : never
export type ValuesOf<M, V> = [SlotsOf<M>] extends [never] ? [] : [values: Readonly<Record<SlotsOf<M>, V>>]

export interface Words<C extends Catalogue> {
  /** Markup: values are escaped, Html values stand as they are. */
  say<K extends keyof C>(key: K, ...values: ValuesOf<C[K], HtmlValue>): Html
  /** Plain text, for attributes and titles. */
  text<K extends keyof C>(key: K, ...values: ValuesOf<C[K], string | number>): string
}

/** The words of one catalogue in the language of the page. */
export function speak<C extends Catalogue>(context: { readonly locale: Locale }, catalogue: C): Words<C> {
  const { locale } = context
  function say<K extends keyof C>(key: K, ...values: ValuesOf<C[K], HtmlValue>): Html
  function say(key: string, values: Readonly<Record<string, HtmlValue>> = {}): Html {
    return html`${partsOf(messageText(catalogue[key], values['count'], locale), values, locale)}`
  }
  function text<K extends keyof C>(key: K, ...values: ValuesOf<C[K], string | number>): string
  function text(key: string, values: Readonly<Record<string, string | number>> = {}): string {
    return partsOf(messageText(catalogue[key], values['count'], locale), values, locale).join('')
  }
  return { say, text }
}

function messageText(message: Message | undefined, count: HtmlValue, locale: Locale): string {
  if (message === undefined) throw new TypeError('No such message in the catalogue')
  if (typeof message === 'string') return message
  const form = new Intl.PluralRules(locale.tag === 'ar-XB' ? 'en' : locale.tag).select(Number(count))
  return form === 'one' ? message.one : message.other
}

/** Odd parts are slots: the values go in untouched, everything else is spoken in the locale. */
function partsOf<V extends HtmlValue>(
  message: string,
  values: Readonly<Record<string, V>>,
  locale: Locale,
): (V | string)[] {
  const [before, after] = framed(message.length, locale)
  const parts = message
    .split(/\{(\w+)\}/)
    .map((part, i) => (i % 2 === 0 ? spoken(part, locale) : slotValue(part, values)))
  return [before, ...parts, after].filter((part) => part !== '')
}

function slotValue<V extends HtmlValue>(name: string, values: Readonly<Record<string, V>>): V {
  const value = values[name]
  if (value === undefined) throw new TypeError(`The message has no value for {${name}}`)
  return value
}

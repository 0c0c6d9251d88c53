// Decides which languages pages speak. English is written; en-XA (longer, accented) and ar-XB (mirrored) are made from it, so
// that untranslated text, tight boxes and left-to-right habits show before the first translation does.
// Source: BCP 47 private-use regions; CLDR pseudo-locales.

export type LocaleTag = 'en' | 'en-XA' | 'ar-XB'

export interface Locale {
  readonly tag: LocaleTag
  readonly dir: 'ltr' | 'rtl'
}

export const english: Locale = { tag: 'en', dir: 'ltr' }
export const accentedEnglish: Locale = { tag: 'en-XA', dir: 'ltr' }
export const mirroredEnglish: Locale = { tag: 'ar-XB', dir: 'rtl' }

/** The locale of a language tag; English when we do not speak it. */
export function localeOf(tag: string | undefined): Locale {
  return [accentedEnglish, mirroredEnglish].find((locale) => locale.tag === tag) ?? english
}

const plain = 'aceilnorsuyzACEILNORSUYZ'
const accented = 'áçéîļñöŕšûýžÅÇÉÎĻÑÖŔŠÛÝŽ'
const accents = new Map([...plain].map((letter, i) => [letter, [...accented][i] ?? letter]))

/** One run of catalogue text (no slots in it), spoken in a locale. */
export function spoken(text: string, locale: Locale): string {
  switch (locale.tag) {
    case 'en':
      return text
    case 'en-XA':
      return Array.from(text, (letter) => accents.get(letter) ?? letter).join('')
    case 'ar-XB':
      // U+202E … U+202C override the direction of each word, as CLDR's ar-XB does.
      return text.replace(/[A-Za-z][A-Za-z'’-]*/g, (word) => `\u202e${word}\u202c`)
  }
}

/** What a whole message gets around it: en-XA is a third longer and bracketed, so that cut-off text shows. */
export function framed(length: number, locale: Locale): readonly [string, string] {
  if (locale.tag !== 'en-XA') return ['', '']
  return ['[', `${' one two three four five six seven eight'.slice(0, Math.max(2, Math.ceil(length * 0.35)))}]`]
}

// What a person may tell about themselves, and in which form clients get it. OpenID Connect Core §5.1, §5.1.1.
import type { FieldErrors } from '../../platform/html/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import {
  type AddressPart,
  addressParts,
  type PersonalClaims,
  type PersonalText,
  personalTexts,
} from './personal-claims.ts'
import { timeZones } from './time-zones.ts'

export type DetailName = PersonalText | AddressPart
/** What stands in the fields, as text; nothing is an empty text. */
export type TypedDetails = Readonly<Record<DetailName, string>>

export type DetailsDecision =
  | { readonly kind: 'keep'; readonly claims: PersonalClaims }
  | { readonly kind: 'refuse'; readonly errors: FieldErrors }

const longestText = 150
const longestUrl = 2_048
const mostStreetLines = 5

/** What stands in the fields for a person as they are. */
export function typedFrom({ address, ...claims }: PersonalClaims): TypedDetails {
  return {
    middle_name: claims.middle_name ?? '',
    nickname: claims.nickname ?? '',
    profile: claims.profile ?? '',
    picture: claims.picture ?? '',
    website: claims.website ?? '',
    gender: claims.gender ?? '',
    birthdate: claims.birthdate ?? '',
    zoneinfo: claims.zoneinfo ?? '',
    locale: claims.locale ?? '',
    phone_number: claims.phone_number ?? '',
    street_address: address?.street_address ?? '',
    locality: address?.locality ?? '',
    region: address?.region ?? '',
    postal_code: address?.postal_code ?? '',
    country: address?.country ?? '',
  }
}

/** When it is a day later somewhere, people born there today are born there today. */
const furthestAheadMs = 14 * 3_600_000

export function latestDay(now: Instant): string {
  return new Date(now + furthestAheadMs).toISOString().slice(0, 10)
}

/** @param today as 2026-11-22, in the time zone that is the furthest ahead: nobody is born after it */
export function decideDetails(typed: TypedDetails, today: string): DetailsDecision {
  const fields = Object.entries(readAll(typed, today))
  const bad = fields.filter(([, { errors }]) => errors.length > 0)
  if (bad.length > 0) {
    return { kind: 'refuse', errors: Object.fromEntries(bad.map(([name, { errors }]) => [name, errors])) }
  }
  const told = fields.flatMap(([name, { value }]) => (value === '' ? [] : [[name, value] as const]))
  const isPart = ([name]: readonly [string, string]): boolean => addressParts.some((part) => part === name)
  const address = Object.fromEntries(told.filter(isPart))
  const texts = Object.fromEntries(told.filter((one) => !isPart(one)))
  return { kind: 'keep', claims: { ...texts, ...(Object.keys(address).length === 0 ? {} : { address }) } }
}

function readAll(typed: TypedDetails, today: string): Readonly<Record<DetailName, Read>> {
  return {
    middle_name: readText(typed.middle_name),
    nickname: readText(typed.nickname),
    profile: readUrl(typed.profile),
    picture: readUrl(typed.picture),
    website: readUrl(typed.website),
    gender: readText(typed.gender),
    birthdate: readBirthdate(typed.birthdate, today),
    zoneinfo: readZone(typed.zoneinfo),
    locale: readLocale(typed.locale),
    phone_number: readPhone(typed.phone_number),
    street_address: readStreet(typed.street_address),
    locality: readText(typed.locality),
    region: readText(typed.region),
    postal_code: readText(typed.postal_code),
    country: readText(typed.country),
  }
}

interface Read {
  readonly value: string
  readonly errors: readonly string[]
}

function good(value: string): Read {
  return { value, errors: [] }
}

function wrong(sentence: string): Read {
  return { value: '', errors: [sentence] }
}

// oxlint-disable-next-line no-control-regex -- control characters are what this finds
const control = /[\u0000-\u001f\u007f]/

function readText(text: string): Read {
  if (control.test(text)) return wrong('This field must be one line of text.')
  return Array.from(text).length > longestText ? wrong(`Use at most ${longestText} characters.`) : good(text)
}

function readStreet(text: string): Read {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim())
  const kept = lines.filter((line) => line !== '')
  if (kept.length > mostStreetLines) return wrong(`Use at most ${mostStreetLines} lines.`)
  const street = kept.join('\n')
  return kept.some((line) => control.test(line)) || Array.from(street).length > 2 * longestText
    ? wrong(`Use at most ${2 * longestText} characters of plain text.`)
    : good(street)
}

/** Apps may show it as a link, so nothing but a page of the web is let in. */
function readUrl(text: string): Read {
  if (text === '') return good('')
  const url = /^https?:\/\/[^\s\\]+$/i.test(text) && !control.test(text) ? URL.parse(text) : null
  if (url === null || url.username !== '' || url.password !== '')
    return wrong('Enter a whole web address that begins with https://.')
  return text.length > longestUrl ? wrong(`Use at most ${longestUrl} characters.`) : good(url.href)
}

const dateSyntax = /^(\d{4})(?:-(\d{2})-(\d{2}))?$/

/** ISO 8601-1 §5.2.2.1: a day, or a year alone; the year 0000 stands for one that is not told. */
function readBirthdate(text: string, today: string): Read {
  if (text === '') return good('')
  const [, year, month, day] = dateSyntax.exec(text) ?? []
  if (year === undefined) return wrong('Enter the date as year-month-day, such as 1990-12-31, or the year alone.')
  if (month === undefined || day === undefined) {
    return year === '0000' || year > today.slice(0, 4) ? wrong('Enter the year of your birth.') : good(text)
  }
  if (!isDay(year === '0000' ? '2000' : year, month, day)) return wrong('This day is in no calendar.')
  return text > today ? wrong('This day is yet to come.') : good(text)
}

function isDay(year: string, month: string, day: string): boolean {
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${year}-${month}-${day}`)
}

function readZone(text: string): Read {
  return text === '' || timeZones.includes(text) ? good(text) : wrong('Choose one of the time zones on offer.')
}

/** BCP 47, in the spelling that it recommends: `en-GB`. */
function readLocale(text: string): Read {
  if (text === '') return good('')
  // OpenID Connect Core §5.1 notes that some write an underscore.
  const tag = canonicalLocale(text.replaceAll('_', '-'))
  return tag === undefined ? wrong('Enter a language tag, such as en, en-GB or pt-BR.') : good(tag)
}

function canonicalLocale(tag: string): string | undefined {
  if (tag.length > 35) return undefined
  try {
    return Intl.getCanonicalLocales(tag)[0]
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const phoneSyntax = /^\+[1-9]\d{6,14}(;ext=\d{1,7})?$/

/** ITU-T E.164 with an extension as in RFC 3966 §5.3; how people group the digits is not kept. */
function readPhone(text: string): Read {
  if (text === '') return good('')
  const number = text.replace(/\s*(?:;\s*ext=|,?\s*\b(?:ext\.?|x)\s*)(?=\d+$)/i, ';ext=')
  const [digits = '', extension] = number.split(';')
  const compact = digits.replaceAll(/[\s()./-]/g, '').replace(/^00/, '+')
  const whole = extension === undefined ? compact : `${compact};${extension}`
  if (phoneSyntax.test(whole)) return good(whole)
  return wrong('Enter the number with its country code, such as +44 20 7946 0958.')
}

/** What the change is, by name; values stay out of the trail, which outlives the account. */
export function changedDetails(before: PersonalClaims, after: PersonalClaims): readonly DetailName[] {
  const [from, to] = [typedFrom(before), typedFrom(after)]
  return [...personalTexts, ...addressParts].filter((name) => from[name] !== to[name])
}

// What a noun tells the console of itself, as data: the lists, forms, acts and addresses are all made from it.
import type { IconName } from '../html/index.ts'

/** What a field holds, as JSON writes it; ids of other nouns' rows stand for the rows. */
export type Value =
  | string
  | number
  | boolean
  | null
  | readonly (string | number)[]
  | Readonly<Record<string, unknown>>
  | readonly Readonly<Record<string, unknown>>[]
export type Values = Readonly<Record<string, Value>>

export function isList(value: Value | undefined): value is readonly (string | number)[] {
  return Array.isArray(value)
}

export function textOf(value: Value): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

export type FieldKind =
  | 'text'
  /** Text of several lines. */
  | 'lines'
  | 'email'
  | 'code'
  | 'flag'
  | 'instant'
  | 'integer'
  | 'texts'
  | 'json'
  /** Small rows of their own, with the fields `of`; read only. */
  | 'rows'
  /** One of `choices`. */
  | 'choice'
  /** Any of `choices`. */
  | 'choices'
  /** The id of a row of another noun. */
  | 'reference'
  | 'references'
  /** Written, never read. */
  | 'password'

export interface FieldChoice {
  readonly value: string
  readonly label: string
  readonly hint?: string
  /** Choices of one group stand together. */
  readonly group?: string
}

export interface Field {
  /** As JSON and forms write it. */
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly kind: FieldKind
  /** Where the table has it; without one, the desk's `complete` brings it. */
  readonly column?: string
  /** Where in the JSON that the column holds: `address.locality`. Such a field is neither sorted nor filtered by. */
  readonly member?: string
  readonly noun?: string
  readonly choices?: readonly FieldChoice[]
  readonly isRequired?: boolean
  /** What stands in the form of a new row, and what an absent member of the API means. */
  readonly initial?: Value
  /** What each of `rows` holds. */
  readonly of?: readonly Field[]
  /** Of a password `off`: a secret of a program, which no browser keeps and no rule for people's passwords judges. */
  readonly autocomplete?: string
  /** How a flag or a choice shows in a list. */
  readonly tones?: Readonly<Record<string, 'success' | 'warning' | 'danger' | 'info'>>
}

export interface FieldGroup {
  readonly title: string
  readonly hint?: string
  /** Shut until somebody opens it, or something in it is wrong. */
  readonly isFolded?: boolean
  readonly fields: readonly string[]
}

/** A table that joins rows of the noun (`row`) with those of another (`of`). */
interface Through {
  readonly table: string
  readonly row: string
  readonly of: string
  /** Columns of the row that never change, and what it calls them: an index over (of, that, row) has the rows in their order. */
  readonly repeats?: Readonly<Record<string, string>>
}

type FilterKind =
  /** `rare` is the value of few rows, which a partial index finds. */
  | { readonly kind: 'flag'; readonly name: string; readonly label: string; readonly column: string }
  | {
      readonly kind: 'presence'
      readonly name: string
      readonly label: string
      readonly column: string
      readonly present: string
      readonly absent: string
    }
  | {
      readonly kind: 'choice'
      readonly name: string
      readonly label: string
      readonly column: string
      readonly choices: readonly FieldChoice[]
    }
  /** Set by links from the other noun, and by the API; `offered` lists its rows in the form as well. */
  | {
      readonly kind: 'reference'
      readonly name: string
      readonly label: string
      readonly noun: string
      readonly column: string
    }
  /** What the column holds, letter by letter. */
  | { readonly kind: 'exact'; readonly name: string; readonly label: string; readonly column: string }
  /** Rows that another table joins with the noun: members of a group. */
  | {
      readonly kind: 'member'
      readonly name: string
      readonly label: string
      readonly noun: string
      readonly through: Through
    }
  /** A day, an hour, or from one to another, as `2027-01-15T13` and `2027-01-01..2027-01-15` (UTC); an index over the column serves it. */
  | { readonly kind: 'period'; readonly name: string; readonly label: string; readonly column: string }

/**
 * `thenBy` names columns of sorts in whose order an index has the rows of a value (of a flag, and of a presence, of the rare one). In
 * any other order few rows are sorted, and of many the list's own order is walked; an index over the column alone tells which they are.
 */
export type Filter = FilterKind & { readonly thenBy?: readonly string[] }

/** What the search box looks at, in the order in which matches are listed. Each is found through an index. */
export interface SearchKey {
  readonly column: string
  /** `number` and `exact` find one row; `prefix` what begins so. */
  readonly match: 'number' | 'exact' | 'prefix'
  /** How the column was folded: `key` as e-mails and usernames are, `lower` by an index over lower(column). */
  readonly fold?: 'key' | 'lower'
  /** What stands for an absent value, as in a sort, whose index serves the search as well: it has the rows in order. */
  readonly absent?: ''
  /** As of a sort. */
  readonly sees?: readonly string[]
}

export interface Sort {
  readonly name: string
  readonly column: string
  /** What stands for an absent value, so that both engines have one order; an index over coalesce(column, absent) serves it. */
  readonly absent?: string | number
  /** No change of a row touches the column, so that whoever reads a list in pieces in its order meets each row once. */
  readonly isSteady?: boolean
  /** Columns that its index holds as well: what a filter asks of them is seen along the order, without reading the row. */
  readonly sees?: readonly string[]
}

export type Verb = 'view' | 'add' | 'change' | 'delete'
export const verbs: readonly Verb[] = ['view', 'add', 'change', 'delete']

export interface Act {
  /** In addresses: `disable`. */
  readonly name: string
  readonly label: string
  readonly on: 'row' | 'noun'
  /** May be done to several rows at once. */
  readonly isBulk?: boolean
  readonly verb: Verb
  readonly isDanger?: boolean
  /** Asks for the password again. */
  readonly isSensitive?: boolean
  /** What happens, before it is done. */
  readonly says: string
  /** What happened. */
  readonly done: string
  readonly fields?: readonly Field[]
  /** For which rows there is something to do. */
  readonly when?: (values: Values) => boolean
  /** Not among the acts of the row's page: what was found out leads to it. */
  readonly isUnlisted?: boolean
}

/** Something that is asked of a row and changes nothing; what is asked stands in the address, so no field is a password. */
export interface Question {
  /** In addresses, beside the acts: `redirect-test`. */
  readonly name: string
  readonly label: string
  readonly verb: Verb
  /** What the answer tells. */
  readonly says: string
  /** Without any it is answered at once. */
  readonly fields?: readonly Field[]
}

export type Section = 'people' | 'applications' | 'system'

export interface Noun {
  /** Many, in small letters: in addresses and permissions. */
  readonly name: string
  readonly one: string
  readonly many: string
  readonly icon: IconName
  readonly about: string
  /** Where its rows are: a table, or a select in brackets with a name. */
  readonly table?: string
  /** In the place of a table: all rows, which are few. Columns are then names of fields. */
  readonly rows?: () => Promise<readonly Entry[]>
  /** Which part of the menu it stands in. */
  readonly section?: Section
  readonly key: { readonly column: string; readonly kind: 'number' | 'text' }
  /** Columns of which the first that holds something names the row. */
  readonly label: readonly string[]
  /** A column that changes with each change of the row: a form that was filled in before is refused. */
  readonly version?: string
  /** Whoever is named by the column may do this with the row, without any permission. */
  readonly owner?: {
    readonly column: string
    readonly may: readonly Verb[]
    /** Nobody else reaches the row, with any permission or as a superuser. */
    readonly isPrivate?: boolean
  }
  readonly fields: readonly Field[]
  readonly columns: readonly string[]
  readonly filters: readonly Filter[]
  readonly search: readonly SearchKey[]
  /** The first one is the order of a list that nobody sorted. */
  readonly sorts: readonly [Sort, ...Sort[]]
  readonly isNewestFirst?: boolean
  /** Of the detail page, and of the form as far as its fields may be changed. */
  readonly groups: readonly FieldGroup[]
  /** The first step of two: what a new row cannot do without. */
  readonly add?: readonly Field[]
  /** There is no second step: a new row is filled in whole, in the groups of the change form. */
  readonly isAddedWhole?: boolean
  readonly change?: readonly string[]
  readonly canDelete?: boolean
  /** What it means that a row is deleted, where that is more than can be counted. */
  readonly deleteSays?: string
  /** Verbs that ask for the password again. */
  readonly sensitive?: readonly Verb[]
  readonly acts: readonly Act[]
  readonly questions?: readonly Question[]
  /** Other lists that belong to a row: their noun and filter. */
  readonly related?: readonly { readonly noun: string; readonly filter: string; readonly label: string }[]
}

/** What is allowed with the noun at all, to anybody. */
export function verbsOf(noun: Noun): readonly Verb[] {
  const byActs = [...noun.acts, ...(noun.questions ?? [])].map((one) => one.verb)
  return verbs.filter(
    (verb) =>
      verb === 'view' ||
      byActs.includes(verb) ||
      (verb === 'add' && noun.add !== undefined) ||
      (verb === 'change' && noun.change !== undefined) ||
      (verb === 'delete' && noun.canDelete === true),
  )
}

/** Permissions are named `noun.verb`. */
export function permissionOf(noun: Pick<Noun, 'name'>, verb: Verb): string {
  return `${noun.name}.${verb}`
}

export function fieldsNamed(noun: Pick<Noun, 'fields'>, names: readonly string[]): readonly Field[] {
  return names.map((name) => {
    const field = noun.fields.find((one) => one.name === name)
    if (field === undefined) throw new TypeError(`The noun has no field ${name}.`)
    return field
  })
}

/** What may be set in the form of a row that is there. */
export function changeFields(noun: Noun): readonly Field[] {
  return fieldsNamed(noun, noun.change ?? [])
}

/** One row: its id as text, what its fields hold, and what names it. */
export interface Entry {
  readonly id: string
  readonly label: string
  readonly values: Values
  readonly version?: number | undefined
}

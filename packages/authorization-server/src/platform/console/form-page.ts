// Forms: adding in the first of two steps, changing, doing something with rows, and the question before something is deleted.
import {
  checkbox,
  type Choice,
  choiceSet,
  errorSummary,
  type FieldErrors,
  facts,
  hiddenField,
  html,
  type Html,
  icon,
  linesField,
  newPasswordField,
  notice,
  type PageContext,
  passwordField,
  type PasswordPolicy,
  selectField,
  speak,
  submitButton,
  textField,
} from '../html/index.ts'
import type { Consequence } from './desk.ts'
import { crumbsOf } from './entry-page.ts'
import {
  type ConsoleFrame,
  consolePage,
  entryPath,
  groupPanel,
  type Labels,
  nounPath,
  postForm,
  spokenText,
} from './frame-page.ts'
import { type Act, changeFields, type Entry, type Field, type FieldChoice, type Noun, type Values } from './noun.ts'
import { longestReason, reasonName } from './reason.ts'
import { consoleWords } from './words.ts'

/** Whatever changes something may say why. */
export interface AskedReason {
  /** What was typed. */
  readonly text: string
  readonly isRequired: boolean
}

export interface FormPage {
  readonly frame: ConsoleFrame
  readonly noun: Noun
  readonly values: Values
  /** As this reader may fill them in; those of the declaration otherwise. */
  readonly fields?: readonly Field[]
  /** Of the rows that fields refer to now. */
  readonly labels?: Labels
  readonly errors?: FieldErrors | undefined
  /** By field: what it offers where the declaration does not say. */
  readonly choices: Readonly<Record<string, readonly FieldChoice[]>>
  readonly policy: PasswordPolicy
  readonly notice?: string | undefined
  /** Without it, what is sent changes nothing. */
  readonly reason?: AskedReason | undefined
}

export function addPage(context: PageContext, page: FormPage): Html {
  const { noun, frame, errors } = page
  const { say, text } = speak(context, consoleWords)
  const one = spokenText(context, noun.one)
  const fields = page.fields ?? noun.add ?? []
  const isWhole = noun.isAddedWhole === true
  return consolePage(context, frame, {
    title: text('addTitle', { noun: one }),
    heading: say('addTitle', { noun: one }),
    noun,
    crumbs: crumbsOf(context, noun),
    body: html`${done(context, page)}${errorSummary(context, errors)}${postForm(
      context,
      `${nounPath(noun)}add/`,
      html`${isWhole ? grouped(context, page, fields) : fields.map((field) => control(context, page, field))}${isWhole ? html`<section class="panel">${reasonField(context, page)}</section>` : reasonField(context, page)}
<div class="form-end"><button class="button" name="_addanother" value="1">${say('saveAdd')}</button>${submitButton(say('save'))}</div>`,
      isWhole ? 'form-wide' : undefined,
    )}`,
  })
}

export function changePage(context: PageContext, page: FormPage & { readonly entry: Entry }): Html {
  const { noun, frame, entry, errors } = page
  const { say, text } = speak(context, consoleWords)
  const fields = page.fields ?? changeFields(noun)
  const inside = html`${entry.version !== undefined && hiddenField('_version', String(entry.version))}
${grouped(context, page, fields)}
<section class="panel">${reasonField(context, page)}</section>
<div class="form-end"><button class="button" name="_continue" value="1">${say('saveContinue')}</button>${submitButton(say('save'))}</div>`
  return consolePage(context, frame, {
    title: text('changeTitle', { label: entry.label }),
    heading: say('changeTitle', { label: html`<bdi>${entry.label}</bdi>` }),
    noun,
    crumbs: crumbsOf(context, noun, entry),
    body: html`${done(context, page)}${errorSummary(context, errors)}${postForm(context, `${entryPath(noun, entry)}change/`, inside, 'form-wide')}`,
  })
}

/** Each group that has something to fill in; a folded one is open where something in it is wrong. */
function grouped(context: PageContext, page: FormPage, fields: readonly Field[]): readonly Html[] {
  return page.noun.groups.flatMap((group) => {
    const shown = fields.filter(({ name }) => group.fields.includes(name))
    if (shown.length === 0) return []
    const isWrong = shown.some(({ name }) => page.errors?.[name] !== undefined)
    const inside = html`${shown.map((field) => control(context, page, field))}`
    return [groupPanel(context, group, inside, isWrong)]
  })
}

function done(context: PageContext, { notice: text }: FormPage): Html | false {
  return text !== undefined && notice('success', html`${spokenText(context, text)}`)
}

export interface ActPage extends FormPage {
  readonly act: Act
  /** The rows that it is done to; none for an act on the noun. */
  readonly entries: readonly Entry[]
  readonly action: string
}

export function actPage(context: PageContext, page: ActPage): Html {
  const { noun, frame, act, entries, errors } = page
  const { say, text } = speak(context, consoleWords)
  const [first] = entries
  const fields = page.fields ?? act.fields ?? []
  const label = spokenText(context, act.label)
  const isMany = page.action.includes('/actions/') && entries.length > 0
  const heading = isMany
    ? text('confirmMany', { act: label, count: entries.length })
    : first === undefined
      ? label
      : text('confirmTitle', { act: label, label: first.label })
  const ids = isMany && entries.map((entry) => hiddenField('id', entry.id))
  const submit =
    act.isDanger === true
      ? html`<button class="button button-danger-solid">${label}</button>`
      : submitButton(html`${label}`)
  return consolePage(context, frame, {
    title: heading,
    heading: html`<bdi>${heading}</bdi>`,
    noun,
    crumbs: crumbsOf(context, noun, isMany ? undefined : first),
    body: html`${errorSummary(context, errors)}${postForm(
      context,
      page.action,
      html`<p class="sure">${spokenText(context, act.says)}</p>${ids}${hiddenField('_sure', 'yes')}
${isMany && html`<ul class="named-rows">${entries.map((entry) => html`<li><bdi>${entry.label}</bdi></li>`)}</ul>`}
${first !== undefined && fields.some(({ kind, autocomplete }) => kind === 'password' && autocomplete !== 'off') && html`<input type="text" name="username" value="${first.label}" autocomplete="username" readonly hidden>`}
${fields.map((field) => control(context, page, field))}${reasonField(context, page)}
<div class="form-end"><a class="button" href="${first === undefined || isMany ? nounPath(noun) : entryPath(noun, first)}">${say('cancel')}</a>${submit}</div>`,
    )}`,
  })
}

export interface DeletePage {
  readonly frame: ConsoleFrame
  readonly noun: Noun
  readonly entry: Entry
  readonly consequences: readonly Consequence[]
  readonly errors?: FieldErrors | undefined
  readonly reason: AskedReason
}

export function deletePage(context: PageContext, page: DeletePage): Html {
  const { noun, frame, entry, consequences, errors } = page
  const { say, text } = speak(context, consoleWords)
  const along = consequences.filter(({ count }) => count > 0)
  return consolePage(context, frame, {
    title: text('deleteTitle', { label: entry.label }),
    heading: say('deleteTitle', { label: html`<bdi>${entry.label}</bdi>` }),
    noun,
    crumbs: crumbsOf(context, noun, entry),
    body: html`${errorSummary(context, errors)}${postForm(
      context,
      `${entryPath(noun, entry)}delete/`,
      html`<p class="sure">${icon('warning')}<span>${say('deleteText')}${noun.deleteSays !== undefined && html` ${spokenText(context, noun.deleteSays)}`}</span></p><h2>${say('alongTitle')}</h2>
${along.length === 0 ? html`<p class="hint">${say('alongNothing')}</p>` : facts(along.map(({ label, count }) => [html`${spokenText(context, label)}`, count]))}
${reasonField(context, page)}
<div class="form-end"><a class="button" href="${entryPath(noun, entry)}">${say('keep')}</a><button class="button button-danger-solid">${say('deleteSure')}</button></div>`,
    )}`,
  })
}

function reasonField(context: PageContext, { reason, errors }: Pick<FormPage, 'reason' | 'errors'>): Html | false {
  if (reason === undefined) return false
  const { say } = speak(context, consoleWords)
  return textField(context, {
    name: reasonName,
    label: say('reason'),
    hint: say('reasonHint'),
    errors,
    optional: !reason.isRequired,
    value: reason.text,
    attributes: { type: 'text', autocomplete: 'off', dir: 'auto', maxlength: String(longestReason) },
  })
}

export function control(context: PageContext, page: FormPage, field: Field): Html {
  const { errors } = page
  const value = page.values[field.name]
  const base = {
    name: field.name,
    label: html`${spokenText(context, field.label)}`,
    hint: field.hint === undefined ? undefined : html`${spokenText(context, field.hint)}`,
    errors,
    optional: field.isRequired !== true,
  }
  const written = value === null || value === undefined || typeof value === 'object' ? '' : String(value)
  const choices = (field.choices ?? page.choices[field.name] ?? []).map(
    (choice): Choice => ({
      value: choice.value,
      label: html`${spokenText(context, choice.label)}`,
      hint: choice.hint === undefined ? undefined : html`${spokenText(context, choice.hint)}`,
    }),
  )
  switch (field.kind) {
    case 'flag':
      return checkbox({ ...base, checked: value === true })
    case 'password':
      if (field.autocomplete === 'off') return codeField(context, base, '')
      return field.autocomplete === 'current-password'
        ? passwordField(context, { ...base, optional: false, attributes: { autocomplete: 'current-password' } })
        : newPasswordField(context, { ...base, policy: page.policy })
    case 'lines':
      return linesField(context, { ...base, value: written, attributes: { dir: 'auto', autocomplete: 'off' } })
    case 'texts':
      return linesField(context, { ...base, isCode: true, value: Array.isArray(value) ? value.join('\n') : '' })
    case 'json': {
      const text = typeof value === 'object' && value !== null ? JSON.stringify(value, undefined, 2) : written
      return linesField(context, { ...base, isCode: true, value: text })
    }
    case 'rows':
      return html``
    case 'reference':
      if (page.choices[field.name] === undefined) return referenceField(context, page, field, base, written)
      return selectField(context, { ...base, value: written, choices })
    case 'choice':
      return selectField(context, { ...base, value: written, choices })
    case 'choices':
    case 'references': {
      const chosen = Array.isArray(value) ? value.map(String) : []
      const groups = new Set((field.choices ?? []).flatMap(({ group }) => group ?? []))
      return groups.size > 0
        ? gridOfChoices(context, page, field, chosen)
        : choiceSet({ ...base, kind: 'checkbox', choices, chosen })
    }
    default:
      return textField(context, {
        ...base,
        value: written,
        isCode: field.kind === 'code',
        attributes: {
          type: field.kind === 'email' ? 'email' : 'text',
          autocomplete: field.autocomplete ?? 'off',
          ...(field.kind === 'text' ? { dir: 'auto' } : { autocapitalize: 'none', spellcheck: 'false', dir: 'ltr' }),
        },
      })
  }
}

const verbatim = { type: 'text', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', dir: 'ltr' }

type Base = Omit<Parameters<typeof textField>[1], 'value'>

function codeField(context: PageContext, base: Base, value: string): Html {
  return textField(context, { ...base, value, isCode: true, attributes: verbatim })
}

/** One row of very many: its id is typed, or what names it as a whole; what is there now is said by its name. */
function referenceField(context: PageContext, page: FormPage, { noun, name }: Field, base: Base, id: string): Html {
  const { say } = speak(context, consoleWords)
  const label = page.labels?.get(`${noun}:${id}`)
  const now = label !== undefined && html` ${say('referenceNow', { label: html`<bdi>${label}</bdi>` })}`
  return codeField(context, { ...base, name, hint: html`${base.hint}${now}` }, id)
}

/** Many boxes, a line for each group. */
function gridOfChoices(context: PageContext, page: FormPage, field: Field, chosen: readonly string[]): Html {
  const choices = field.choices ?? []
  const groups = [...new Set(choices.map(({ group = '' }) => group))]
  const errors = page.errors?.[field.name] ?? []
  const id = (choice: FieldChoice): string => `${field.name}-${choice.value.replaceAll(/[^a-z0-9]+/gi, '-')}`
  const box = (choice: FieldChoice): Html =>
    html`<div class="choice">${boxOf(field.name, choice, id(choice), chosen.includes(choice.value))}<label for="${id(choice)}">${spokenText(context, choice.label)}</label></div>`
  return html`<fieldset class="field" id="${field.name}"><legend>${spokenText(context, field.label)}</legend>
${field.hint !== undefined && html`<p class="hint">${spokenText(context, field.hint)}</p>`}
<div class="grid-choices">${groups.map((group, at) => html`<div role="group" aria-labelledby="${field.name}-group-${at}"><span class="strong" id="${field.name}-group-${at}">${spokenText(context, group)}</span><div class="choices">${choices.filter((one) => one.group === group).map(box)}</div></div>`)}</div>
${errors.length > 0 && html`<p class="field-error" id="${field.name}-error">${icon('alert')}<span>${errors.join(' ')}</span></p>`}</fieldset>`
}

function boxOf(name: string, choice: FieldChoice, id: string, isChosen: boolean): Html {
  return isChosen
    ? html`<input type="checkbox" name="${name}" value="${choice.value}" id="${id}" checked>`
    : html`<input type="checkbox" name="${name}" value="${choice.value}" id="${id}">`
}

// The form of what a person tells about themselves; every field may stay empty. WCAG 2.2 §1.3.5: each has its autocomplete token.
import {
  badge,
  csrfField,
  errorSummary,
  type Field,
  type FieldErrors,
  html,
  type Html,
  linesField,
  type PageContext,
  selectField,
  speak,
  submitButton,
  textField,
  workspacePage,
} from '../../platform/html/index.ts'
import type { DetailName, TypedDetails } from '../../records/users/index.ts'
import { detailsWords } from './details-words.ts'
import { accountNotice, type AccountNotice } from './notices.ts'

export interface DetailsPage {
  readonly values: TypedDetails
  readonly timeZones: readonly string[]
  readonly isPhoneProven: boolean
  /** Keys are the names of the claims, and `form`. */
  readonly errors?: FieldErrors | undefined
  readonly notice?: AccountNotice | undefined
}

type Word = keyof typeof detailsWords

export function detailsPage(context: PageContext, page: DetailsPage): Html {
  const { say, text } = speak(context, detailsWords)
  return workspacePage(context, {
    title: text('title'),
    heading: say('title'),
    lead: say('lead'),
    current: 'details',
    body: html`${accountNotice(context, page.notice)}${errorSummary(context, page.errors)}
<form class="form" method="post" action="/account/details/" novalidate>${csrfField(context)}
${aboutYou(context, page)}${onTheWeb(context, page)}${phone(context, page)}${address(context, page)}
<div class="form-end">${submitButton(say('save'))}</div>
</form>`,
  })
}

function panel(title: Html, fields: Html): Html {
  return html`<section class="panel"><h2>${title}</h2>${fields}</section>`
}

interface Row {
  readonly name: DetailName
  readonly autocomplete: string
  readonly hint?: Word
  /** In code's letters: addresses of the web, numbers, tags. */
  readonly type?: 'text' | 'url' | 'tel'
}

function fieldOf(context: PageContext, page: DetailsPage, { name, hint, autocomplete, type }: Row): Field {
  const { say } = speak(context, detailsWords)
  const verbatim = { autocapitalize: 'none', spellcheck: 'false', dir: 'ltr' }
  return {
    name,
    label: say(name),
    ...(hint === undefined ? {} : { hint: say(hint) }),
    value: page.values[name],
    errors: page.errors,
    attributes: { type: type ?? 'text', autocomplete, ...(type === undefined ? { dir: 'auto' } : verbatim) },
  }
}

function aboutYou(context: PageContext, page: DetailsPage): Html {
  const { say } = speak(context, detailsWords)
  const line = (row: Row): Html => textField(context, fieldOf(context, page, row))
  const zones = [
    { value: '', label: say('notTold') },
    ...page.timeZones.map((zone) => ({ value: zone, label: html`${zone}` })),
  ]
  return panel(
    say('aboutYou'),
    html`<div class="pair">${line({ name: 'middle_name', autocomplete: 'additional-name' })}
${line({ name: 'nickname', autocomplete: 'nickname' })}</div>
<div class="pair">${line({ name: 'birthdate', autocomplete: 'bday', hint: 'birthdateHint', type: 'text' })}
${line({ name: 'gender', autocomplete: 'sex', hint: 'genderHint' })}</div>
<div class="pair">${line({ name: 'locale', autocomplete: 'language', hint: 'localeHint', type: 'text' })}
${selectField(context, { name: 'zoneinfo', label: say('zoneinfo'), hint: say('zoneinfoHint'), value: page.values.zoneinfo, choices: zones, errors: page.errors })}</div>`,
  )
}

function onTheWeb(context: PageContext, page: DetailsPage): Html {
  const { say } = speak(context, detailsWords)
  const line = (row: Row): Html => textField(context, fieldOf(context, page, { type: 'url', ...row }))
  return panel(
    say('onTheWeb'),
    html`${line({ name: 'website', autocomplete: 'url' })}
${line({ name: 'profile', autocomplete: 'off', hint: 'profileHint' })}
${line({ name: 'picture', autocomplete: 'photo', hint: 'pictureHint' })}`,
  )
}

function phone(context: PageContext, page: DetailsPage): Html {
  const { say } = speak(context, detailsWords)
  const field = fieldOf(context, page, {
    name: 'phone_number',
    autocomplete: 'tel',
    hint: 'phone_numberHint',
    type: 'tel',
  })
  const proven = page.isPhoneProven && html`<p>${badge(say('proven'), 'success')}</p>`
  return panel(say('phone'), html`${textField(context, field)}${proven}`)
}

function address(context: PageContext, page: DetailsPage): Html {
  const { say } = speak(context, detailsWords)
  const field = (row: Row): Field => fieldOf(context, page, row)
  const street = field({ name: 'street_address', autocomplete: 'street-address' })
  const lines = { ...street, attributes: { rows: 2, dir: 'auto', spellcheck: 'false', autocomplete: 'street-address' } }
  return panel(
    say('address'),
    html`${linesField(context, lines)}
<div class="pair">${textField(context, field({ name: 'postal_code', autocomplete: 'postal-code' }))}
${textField(context, field({ name: 'locality', autocomplete: 'address-level2' }))}</div>
<div class="pair">${textField(context, field({ name: 'region', autocomplete: 'address-level1' }))}
${textField(context, field({ name: 'country', autocomplete: 'country-name' }))}</div>`,
  )
}

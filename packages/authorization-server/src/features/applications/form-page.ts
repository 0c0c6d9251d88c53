// The form that registers or changes an application. Fields have the names of the registration; values come back as typed,
// so that nothing is lost when one of them is wrong. Source: the seeds' application form; RFC 7591 §2 for the meanings.
import {
  badge,
  checkbox,
  type Choice,
  choiceSet,
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
import type { GrantType } from './page.ts'
import { applicationWords } from './words.ts'

/** What stands in the fields, as text. */
export interface ApplicationValues {
  readonly name: string
  readonly clientId: string
  /** What was typed, on registration only; empty asks for a generated one. */
  readonly clientSecret?: string | undefined
  readonly clientType: 'confidential' | 'public'
  readonly grantTypes: readonly GrantType[]
  /** One on each line. */
  readonly redirectUris: string
  readonly postLogoutRedirectUris: string
  readonly allowedOrigins: string
  readonly backchannelLogoutUri?: string | undefined
  readonly frontchannelLogoutUri?: string | undefined
  readonly scopes: readonly string[]
  readonly pkceRequired: boolean
  readonly consent: 'ask' | 'skip'
  readonly algorithm: 'RS256' | 'ES256' | 'PS256' | 'EdDSA'
  readonly accessTokenLifetime: string
  readonly refreshTokenLifetime: string
  readonly introspection: 'none' | 'own' | 'any'
  readonly refreshGrace: string
  readonly refreshEndsAccessTokens: boolean
}

export interface ApplicationFormPage {
  readonly mode: { readonly kind: 'register' } | { readonly kind: 'update'; readonly id: string; readonly name: string }
  readonly values: ApplicationValues
  readonly scopesOffered: readonly { readonly scope: string; readonly description: string }[]
  /** May this person mark the application as our own, or let it introspect any token? Others do not see the choice. */
  readonly mayTrust: boolean
  /** Keys are the field names: `name`, `client_id`, `redirect_uris`…, and `form`. */
  readonly errors?: FieldErrors | undefined
}

export function applicationFormPage(context: PageContext, page: ApplicationFormPage): Html {
  const { say, text } = speak(context, applicationWords)
  const { mode } = page
  const update = mode.kind === 'update' ? mode : undefined
  const back = update === undefined ? '/o/applications/' : `/o/applications/${update.id}/`
  const action = update === undefined ? '/o/applications/register/' : `/o/applications/${update.id}/update/`
  return workspacePage(context, {
    title: update === undefined ? text('registerTitle') : text('updateTitle', { name: update.name }),
    heading:
      update === undefined ? say('registerTitle') : say('updateTitle', { name: html`<bdi>${update.name}</bdi>` }),
    lead: update === undefined ? say('registerLead') : undefined,
    current: 'applications',
    body: html`${errorSummary(context, page.errors)}
<form class="form" method="post" action="${action}" novalidate>${csrfField(context)}
${basics(context, page)}${returns(context, page)}${logout(context, page)}${access(context, page)}${tokens(context, page)}${advanced(context, page)}
<div class="form-end"><a class="button" href="${back}">${say('cancel')}</a>${submitButton(update === undefined ? say('register') : say('save'))}</div>
</form>`,
  })
}

type Row = Pick<Field, 'name' | 'label' | 'hint' | 'value'>
const verbatim = { autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', dir: 'ltr' }

function section(title: Html, fields: Html): Html {
  return html`<section class="panel"><h2>${title}</h2>${fields}</section>`
}

function basics(context: PageContext, page: ApplicationFormPage): Html {
  const { say } = speak(context, applicationWords)
  const { values, errors, mode } = page
  const code = (row: Row & Pick<Field, 'optional'>): Html =>
    textField(context, {
      ...row,
      errors,
      isCode: true,
      attributes: { ...verbatim, type: 'text', required: row.optional !== true },
    })
  const identity =
    mode.kind === 'register' &&
    html`${code({ name: 'client_id', label: say('clientId'), hint: say('clientIdHint'), value: values.clientId })}${code({ name: 'client_secret', label: say('clientSecret'), hint: say('clientSecretHint'), value: values.clientSecret, optional: true })}`
  const types: readonly Choice[] = [
    { value: 'confidential', label: say('confidential'), hint: say('confidentialHint') },
    { value: 'public', label: say('public'), hint: say('publicHint') },
  ]
  const name = { type: 'text', autocomplete: 'off', dir: 'auto', required: true }
  return section(
    say('sectionBasics'),
    html`${textField(context, { name: 'name', label: say('name'), hint: say('nameHint'), value: values.name, errors, attributes: name })}
${choiceSet({ kind: 'radio', name: 'client_type', label: say('clientType'), choices: types, chosen: [values.clientType], errors })}
${identity}
${choiceSet({ kind: 'checkbox', name: 'grant_types', label: say('grantTypes'), choices: grantChoices(context, page), chosen: values.grantTypes, errors })}`,
  )
}

function grantChoices(context: PageContext, page: ApplicationFormPage): readonly Choice[] {
  const { say } = speak(context, applicationWords)
  const choices: readonly Choice[] = [
    { value: 'authorization_code', label: say('grantCode'), hint: say('grantCodeHint') },
    { value: 'refresh_token', label: say('grantRefresh'), hint: say('grantRefreshHint') },
    { value: 'client_credentials', label: say('grantClientCredentials'), hint: say('grantClientCredentialsHint') },
    {
      value: 'password',
      label: html`${say('grantPassword')} ${badge(say('legacy'), 'warning')}`,
      hint: say('grantPasswordHint'),
    },
  ]
  const mayChoose = page.mayTrust || page.values.grantTypes.includes('password')
  return mayChoose ? choices : choices.filter((choice) => choice.value !== 'password')
}

function returns(context: PageContext, page: ApplicationFormPage): Html {
  const { say } = speak(context, applicationWords)
  const { values, errors } = page
  const lines = (row: Row): Html => linesField(context, { ...row, errors, isCode: true })
  return section(
    say('sectionReturn'),
    html`${lines({ name: 'redirect_uris', label: say('redirectUris'), hint: say('redirectUrisHint'), value: values.redirectUris })}
${lines({ name: 'post_logout_redirect_uris', label: say('postLogoutRedirectUris'), hint: say('postLogoutRedirectUrisHint'), value: values.postLogoutRedirectUris })}
${lines({ name: 'allowed_origins', label: say('allowedOrigins'), hint: say('allowedOriginsHint'), value: values.allowedOrigins })}`,
  )
}

function logout(context: PageContext, page: ApplicationFormPage): Html {
  const { say } = speak(context, applicationWords)
  const { values, errors } = page
  const attributes = { ...verbatim, type: 'url' }
  const address = (row: Row): Html => textField(context, { ...row, errors, isCode: true, optional: true, attributes })
  return section(
    say('sectionLogout'),
    html`${address({ name: 'backchannel_logout_uri', label: say('backchannelUri'), hint: say('backchannelUriHint'), value: values.backchannelLogoutUri })}
${address({ name: 'frontchannel_logout_uri', label: say('frontchannelUri'), hint: say('frontchannelUriHint'), value: values.frontchannelLogoutUri })}`,
  )
}

function access(context: PageContext, page: ApplicationFormPage): Html {
  const { say } = speak(context, applicationWords)
  const { values, errors } = page
  const scopes = page.scopesOffered.map((offered) => ({
    value: offered.scope,
    label: html`<code dir="ltr">${offered.scope}</code>`,
    hint: html`${offered.description}`,
  }))
  const consent: readonly Choice[] = [
    { value: 'ask', label: say('consentAsk') },
    { value: 'skip', label: say('consentSkip') },
  ]
  return section(
    say('sectionAccess'),
    html`${choiceSet({ kind: 'checkbox', name: 'scopes', label: say('scopes'), hint: say('scopesHint'), choices: scopes, chosen: values.scopes, errors })}
${checkbox({ name: 'pkce_required', label: say('pkce'), hint: say('pkceHint'), checked: values.pkceRequired })}
${page.mayTrust && choiceSet({ kind: 'radio', name: 'consent', label: say('consent'), choices: consent, chosen: [values.consent], errors })}`,
  )
}

function tokens(context: PageContext, page: ApplicationFormPage): Html {
  const { say } = speak(context, applicationWords)
  const { values, errors } = page
  const algorithms: readonly Choice[] = [
    { value: 'RS256', label: html`RS256` },
    { value: 'ES256', label: html`ES256` },
    { value: 'PS256', label: html`PS256` },
    { value: 'EdDSA', label: html`EdDSA (Ed25519)` },
  ]
  return section(
    say('sectionTokens'),
    html`${selectField(context, { name: 'algorithm', label: say('algorithm'), hint: say('algorithmHint'), value: values.algorithm, choices: algorithms, errors })}
<div class="pair">${secondsField(context, page, { name: 'access_token_lifetime', label: say('accessTokenLifetime'), hint: say('seconds'), value: values.accessTokenLifetime })}
${secondsField(context, page, { name: 'refresh_token_lifetime', label: say('refreshTokenLifetime'), hint: say('secondsFromUse'), value: values.refreshTokenLifetime })}</div>`,
  )
}

function secondsField(context: PageContext, page: ApplicationFormPage, row: Row): Html {
  const attributes = { type: 'text', inputmode: 'numeric', autocomplete: 'off', dir: 'ltr', required: true }
  return textField(context, { ...row, errors: page.errors, attributes })
}

function advanced(context: PageContext, page: ApplicationFormPage): Html {
  const { say } = speak(context, applicationWords)
  const { values, errors } = page
  const introspection: readonly Choice[] = [
    { value: 'none', label: say('introspectionNone') },
    { value: 'own', label: say('introspectionOwn') },
    { value: 'any', label: say('introspectionAny') },
  ]
  const mayChooseAny = page.mayTrust || values.introspection === 'any'
  const choices = mayChooseAny ? introspection : introspection.filter((choice) => choice.value !== 'any')
  const wrong = ['introspection', 'refresh_grace'].some((name) => errors?.[name] !== undefined)
  const body = html`${selectField(context, { name: 'introspection', label: say('introspection'), hint: say('introspectionHint'), value: values.introspection, choices, errors })}
${secondsField(context, page, { name: 'refresh_grace', label: say('refreshGrace'), hint: say('refreshGraceHint'), value: values.refreshGrace })}
${checkbox({ name: 'refresh_ends_access_tokens', label: say('refreshEnds'), hint: say('refreshEndsHint'), checked: values.refreshEndsAccessTokens })}`
  const summary = html`<summary><h2>${say('sectionAdvanced')}</h2></summary>`
  return wrong
    ? html`<details class="panel" open>${summary}${body}</details>`
    : html`<details class="panel">${summary}${body}</details>`
}

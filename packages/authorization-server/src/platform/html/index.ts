// platform/html owns how pages are made: escaping markup, the frame, forms, tables, words, and the assets they load.
// Specifications: WHATWG HTML, WCAG 2.2 AA, BCP 47. Tables: none. Settings: none.
export { html, Html, escapeHtml, type HtmlValue } from './html.ts'
export { attributes, type Attributes } from './attributes.ts'
export { safeUrl } from './url.ts'
export { english, accentedEnglish, mirroredEnglish, localeOf, type Locale, type LocaleTag } from './locale.ts'
export { speak, type Catalogue, type Message, type Words } from './words.ts'
export type { PageContext, SignedInUser } from './context.ts'
export { cardPage, workspacePage, signOutForm, type CardPage, type WorkspacePage } from './layout.ts'
export type { MenuKey } from './menu.ts'
export {
  checkbox,
  choiceSet,
  csrfField,
  errorSummary,
  hiddenField,
  linesField,
  passwordField,
  selectField,
  submitButton,
  textField,
  type Choice,
  type Field,
  type FieldErrors,
} from './form.ts'
export { newPasswordAttributes, newPasswordField, type PasswordPolicy } from './password-field.ts'
export { badge, emptyState, notice, remark, type Tone } from './notice.ts'
export { facts, table, type Column, type Table } from './table.ts'
export { codeBlock, copyable } from './copy.ts'
export { ago, duration, moment } from './time.ts'
export { markDifference, type Difference } from './difference.ts'
export { busyPage } from './busy-page.ts'
export { errorEmblem, errorKindOf, errorPage, incidentLine, type ErrorKind, type ErrorPage } from './error-page.ts'
export { jsonPage, type JsonPage, jsonResponse } from './json-page.ts'
export { icon, logo, monogram, type IconName } from './icons.ts'
export { loadAssets, type Asset, type Assets } from './assets.ts'

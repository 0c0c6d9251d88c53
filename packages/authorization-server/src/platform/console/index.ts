/**
 * The console: nouns declare themselves as data, and from one declaration come list, detail, form, acts, exports, the JSON API
 * under /api/v1 and its OpenAPI 3.1. Knows no noun by name. Specifications: OpenAPI 3.1, RFC 9457, RFC 4180, WCAG 2.2 AA.
 * Tables: none of its own; it reads those that declarations name. Settings: none (features/console has them).
 *
 * How to add a noun:
 * 1. `records/<room>/admin.ts` exports a `Noun`: its fields with their columns, which of them a list shows, filters, search
 *    keys, sorts, groups, what may be added and changed, acts, and what asks for the password (`sensitive`). Each search key,
 *    each sort and the rare side of each flag needs an index: add a migration in that room.
 * 2. `features/console/<noun>-endpoint.ts` exports a `Desk` for it: what to do when somebody adds, changes, deletes or acts.
 *    It decides who may do it to which row (`authority.ts` has the rules), and commits the writes with `recordChange`.
 * 3. `features/console/desks.ts` lists the desk. Menu, pages, API, OpenAPI, permissions and the matrix of tests follow by themselves.
 */
export type { Asked, Consequence, Desk, Outcome, PastChange } from './desk.ts'
export { completed } from './desk.ts'
export { entryPage, type EntryPage, historyPage } from './entry-page.ts'
export { csvOf, jsonOf } from './export-file.ts'
export { actPage, addPage, changePage, deletePage, type FormPage } from './form-page.ts'
export { type ConsoleFrame, entryPath, type Labels, nounPath } from './frame-page.ts'
export { consoleHomePage, proofPage } from './home-page.ts'
export { listPage } from './list-page.ts'
export { type CursorSeal, type ListQuery, mostRows, parseListQuery, rowNumber, writeCursor } from './list-query.ts'
export {
  type Act,
  changeFields,
  type Entry,
  type Field,
  type FieldChoice,
  type Noun,
  permissionOf,
  type Value,
  type Values,
  type Verb,
  verbsOf,
} from './noun.ts'
export { openApiOf } from './openapi.ts'
export { apiRoot, type Operation, operationKey, operationsOf, pageRoot } from './operations.ts'
export { type Actor, holdsAll, type Reach, reachOf } from './reach.ts'
export { countEntries, findEntry, labelsOf, listEntries, mostCounted, offeredEntries, type Owner } from './store.ts'
export { type ChangedValue, changedValues, emptyValue, type Input, isSameValue, readForm, readJson } from './values.ts'
export { consoleWords } from './words.ts'

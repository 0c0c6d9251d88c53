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
 *    It decides who may do it to which row (`authority.ts` has the rules), and commits the writes with `changeBy` (`trail.ts`).
 *    What only tells something of a row (`questions`) is answered with a `Finding`, and writes nothing.
 * 3. `features/console/desks.ts` lists the desk. Menu, pages, API, OpenAPI, permissions and the matrix of tests follow by themselves.
 * What a noun tells on the first page, its figures and what of it needs care, is part of its desk: features/console/overview-endpoint.ts.
 */
export { type ApiForm, type ApiLink, apiPage } from './api-page.ts'
export type { Asked, Consequence, Desk, ListState, Outcome, OverviewAsked, PastChange, ShownOnce } from './desk.ts'
export { completed } from './desk.ts'
export { entryPage, type EntryPage, historyPage, relatedKey } from './entry-page.ts'
export { csvOf, type ExportSource, firstRowsOf, jsonOf } from './export-file.ts'
export { exportPage } from './export-page.ts'
export type { Answer, Fact, Finding, FindingRow, FindingTable, Told } from './finding.ts'
export { findPage, type FoundIncident, type FoundRow } from './find-page.ts'
export {
  type BarPoint,
  type Care,
  type CareItem,
  type CareLimits,
  type ColumnPoint,
  type Figure,
  linkAddress,
  type RowsLink,
  type Series,
  sumOf,
} from './figure.ts'
export { actPage, addPage, changePage, deletePage, type FormPage } from './form-page.ts'
export { type ConsoleFrame, entryPath, type Labels, nounPath } from './frame-page.ts'
export { consoleHomePage, proofPage } from './home-page.ts'
export { listPage } from './list-page.ts'
export {
  type CursorSeal,
  inSteadyOrder,
  type ListQuery,
  mostRows,
  parseListQuery,
  rowNumber,
  writeCursor,
  writeListQuery,
} from './list-query.ts'
export {
  type Act,
  changeFields,
  type Entry,
  type Field,
  type FieldChoice,
  isList,
  type FieldGroup,
  type Noun,
  permissionOf,
  type Question,
  textOf,
  type Value,
  type Values,
  type Verb,
  verbsOf,
} from './noun.ts'
export { createOpenFiles, type OpenFiles } from './open-files.ts'
export { openApiOf } from './openapi.ts'
export {
  apiRoot,
  commonOperations,
  overviewPath,
  type Operation,
  operationKey,
  operationsOf,
  pageRoot,
  writableFields,
} from './operations.ts'
export { questionPage } from './question-page.ts'
export { countShown } from './list-count.ts'
export { referenceFiles } from './reference-files.ts'
export { referencePage, referencePath } from './reference-page.ts'
export type { SavedViews } from './saved-views.ts'
export { dayText, hourText, sinceText } from './period.ts'
export { type Actor, holdsAll, type Reach, reachesEntry, reachOf } from './reach.ts'
export { parseReason, type Reason, readReason, reasonHeader, reasonName } from './reason.ts'
export { shownPage, type ShownPage } from './shown-page.ts'
export {
  countAll,
  countEntries,
  countListed,
  type CountedRows,
  entriesNamed,
  findEntry,
  labelsOf,
  listEntries,
  mostCounted,
  offeredEntries,
  type Owner,
} from './store.ts'
export {
  type ChangedValue,
  changedValues,
  emptyValue,
  exampleOf,
  type Input,
  isSameValue,
  readForm,
  readJson,
} from './values.ts'
export type { Lane, Span, SpanLook, Timeline } from './timeline-page.ts'
export { consoleWords } from './words.ts'

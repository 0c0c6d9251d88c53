/**
 * Lists of the console as people saved them: search, filters and order under a name. Everybody sees their own only.
 * Specifications: none. Tables: console_views. Settings: none.
 */
import type { FieldChoice, Noun } from '../../platform/console/index.ts'

export { viewsMigrations } from './migrations.ts'
export {
  deleteView,
  findView,
  insertView,
  mostViews,
  type NewView,
  renameView,
  type SavedView,
  viewsOf,
} from './store.ts'

/**
 * For the console, which loads it when somebody opens it: no start waits for it.
 * @param lists those that can be saved, by the names of their nouns
 */
export async function viewsNoun(lists: readonly FieldChoice[]): Promise<Noun> {
  return (await import('./admin.ts')).viewsNoun(lists)
}

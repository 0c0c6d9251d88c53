// Decides which part of a list is answered when `?page=` asks for one; without it the list is whole, as it always was.
import { fieldOf, textOf } from '../fields.ts'
import { Refusal } from '../refusal.ts'

const usualSize = 20
const mostSize = 100

/** A page of a list, as Django REST framework writes it. */
export interface ListPage<One> {
  readonly count: number
  readonly next: string | null
  readonly previous: string | null
  readonly results: readonly One[]
}

/**
 * @param url where the list is
 * @throws Refusal when there is no such page
 */
export function pageOf<One>(all: readonly One[], query: unknown, url: string): readonly One[] | ListPage<One> {
  if (fieldOf(query, 'page') === undefined && fieldOf(query, 'page_size') === undefined) return all
  const asked = Number(textOf(query, 'page_size'))
  const size = Number.isInteger(asked) && asked > 0 ? Math.min(asked, mostSize) : usualSize
  const last = Math.max(1, Math.ceil(all.length / size))
  const wanted = textOf(query, 'page')
  const page = wanted === '' ? 1 : wanted === 'last' ? last : Number(wanted)
  if (!Number.isInteger(page) || page < 1 || page > last) throw new Refusal(404, 'Invalid page.')
  const link = (to: number): string => `${url}?page=${to}${size === usualSize ? '' : `&page_size=${size}`}`
  return {
    count: all.length,
    next: page < last ? link(page + 1) : null,
    previous: page > 1 ? link(page - 1) : null,
    results: all.slice((page - 1) * size, page * size),
  }
}

// Decides which routes have a rule: deny by default means that a route without one is a mistake that a test finds.

import { describeRule, type Rule } from './rule.ts'

/**
 * One route of an app and who may use it.
 * @example
 * import type { InventoryLine } from '@latchkey/resource-server'
 * const line: InventoryLine = { method: 'GET', path: '/items', rule: undefined }
 */
export interface InventoryLine {
  readonly method: string
  readonly path: string
  /** Undefined: nobody has decided, so it is a mistake. */
  readonly rule: Rule | undefined
}

const marks = new WeakMap<object, Rule>()

/** Remembers which rule a framework's handler enforces. @returns the handler */
export function mark<Handler extends object>(handler: Handler, rule: Rule): Handler {
  marks.set(handler, rule)
  return handler
}

/** The rule that a handler enforces, if it is a guard. */
export function ruleOf(handler: unknown): Rule | undefined {
  return typeof handler === 'function' ? marks.get(handler) : undefined
}

/** The rule of the first guard among the handlers of a route. */
export function ruleAmong(handlers: readonly unknown[]): Rule | undefined {
  return handlers.map(ruleOf).find((rule) => rule !== undefined)
}

/**
 * Says line by line which route is open to whom.
 * @param lines as an adapter's `inventory` gives them
 * @returns e.g. `GET /items  token with items:read`, one line for each route
 * @example
 * import { describeInventory } from '@latchkey/resource-server'
 * const table: string = describeInventory([{ method: 'GET', path: '/items', rule: { kind: 'public' } }])
 */
export function describeInventory(lines: readonly InventoryLine[]): string {
  return lines
    .map(({ method, path, rule }) => `${method} ${path}  ${rule === undefined ? 'NO RULE' : describeRule(rule)}`)
    .join('\n')
}

/**
 * Fails when a route has no rule; for a test, or for the start of the process.
 * @param lines as an adapter's `inventory` gives them
 * @throws Error that names each route without a rule; also when there is no route at all
 * @example
 * import { assertEveryRouteHasARule } from '@latchkey/resource-server'
 * assertEveryRouteHasARule([{ method: 'GET', path: '/', rule: { kind: 'public' } }])
 */
export function assertEveryRouteHasARule(lines: readonly InventoryLine[]): void {
  if (lines.length === 0) throw new Error('The inventory is empty: no route was found.')
  const open = lines.filter(({ rule }) => rule === undefined).map(({ method, path }) => `${method} ${path}`)
  if (open.length > 0) throw new Error(`Routes without a rule: ${open.join(', ')}. Guard them, or say api.public().`)
}

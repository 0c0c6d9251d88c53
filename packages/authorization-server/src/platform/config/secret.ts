// A value that must not show. It prints as dots wherever text is made of it by accident; only reveal() gives it away.

import { inspect } from 'node:util'

const mask = '•••'

/** A secret setting: safe to log, to put into JSON and to inspect. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The only way to the value; each use is easy to find. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return mask
  }

  toJSON(): string {
    return mask
  }

  [Symbol.toPrimitive](): string {
    return mask
  }
}

// What `console.log` shows. Not a method in the class body: a computed name cannot be declared under isolatedDeclarations.
Object.defineProperty(Secret.prototype, inspect.custom, { value: () => mask })

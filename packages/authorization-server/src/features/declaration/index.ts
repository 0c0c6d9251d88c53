/**
 * The declaration: clients, APIs, scopes and groups as one file; what has to change so that the installation is as it says, and the
 * writes that change it. The commands export, plan and apply are made of it.
 * Specifications: YAML 1.2, JSON Schema draft-07 (for editors). Tables: none of its own. Settings: none.
 */
export { planWrites, signedByPlan } from './apply.ts'
export type { Case } from './checks.ts'
export { type Current, findOwners, readCurrent } from './current.ts'
export { decidePlan, type Decision } from './decision.ts'
export { type DocumentOptions, writeDeclaration } from './document.ts'
export type { Resolved, SecretState } from './entries.ts'
export { type Change, type Difference, type Section, sections } from './entry.ts'
export type { PlacedFault } from './fault.ts'
export { inOrder, mostBytes, type Place, readDeclaration } from './params.ts'
export type { Plan } from './plan.ts'
export { unusualFields } from './usual.ts'
export { type Declaration, jsonSchema } from './schema.ts'

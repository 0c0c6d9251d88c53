/**
 * Limits of one process: which work is admitted while it is busy, and how often a source may fail. All of it in memory: a
 * flood is answered without a write. What must hold over all nodes is counted in the database instead (records/credentials).
 * Specifications: RFC 6585 §4, RFC 9110 §10.2.3 and §15.6.4. Tables: none. Settings: none of its own.
 */
export { type Admission, type AdmissionOptions, type Bounds, createAdmission } from './admission.ts'
export { createFailureLimit, type FailureLimit, type FailureLimitOptions } from './failure-limit.ts'
export { createLoopLag, type LoopLag } from './loop-lag.ts'

// Everything secret or unpredictable of this package, by Web Crypto, which every runtime has.

export { digest } from './digest.ts'
export { randomId } from './random.ts'
export { createSealer, type Sealer } from './seal.ts'

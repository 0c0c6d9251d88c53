// Cryptography: randomness, digests, the master key and what is derived from it, sealed and tagged envelopes, password
// hashes, signatures. Only node:crypto underneath. Owns no table; its figures (memory, passes, bounds, file of the master
// key) are arguments, which the settings of the rooms above supply.
// RFC 2104 (HMAC), 4648 §5 (base64url), 5869 (HKDF), 7515 and 7518 (JWS), 7638 (thumbprints), 8037 (EdDSA), 9106 (Argon2);
// NIST SP 800-38D (GCM).

export { type Argon2Hash, matchesArgon2, parseArgon2 } from './argon2.ts'
export { decodeBase64url, encodeBase64url } from './base64url.ts'
export {
  type ForeignKey,
  foreignKeys,
  type ForeignJws,
  hasPrivatePart,
  longestForeignJws,
  openForeignJws,
} from './foreign.ts'
export { BoundedWork, HasherBusy, type WorkBound } from './bounded-work.ts'
export { equalBytes, equalText } from './constant-time.ts'
export { digestText, hmacSha256, sha256, sha512 } from './digest.ts'
export { backupTag, isBackupTag, masterKeyFingerprint } from './fingerprint.ts'
export { HashProcess, type HashProcessOptions } from './hash-process.ts'
export { type KeyedDigests, KeyRing, type RingKey } from './key-ring.ts'
export {
  deriveKey,
  loadOrCreateMasterKeyFile,
  type MasterKey,
  MasterKeyFault,
  parseMasterKey,
} from './master-key.ts'
export {
  createPasswordHasher,
  type HasherOptions,
  isTooLong,
  longestPassword,
  type PasswordHasher,
  type Pepper,
} from './password-hash.ts'
export { PayloadFault, PayloadReader, PayloadWriter, readPayload } from './payload.ts'
export { type Random, randomId, seededRandom, systemRandom } from './random.ts'
export { longestPayload, type Purpose, Sealer } from './seal.ts'
export {
  algorithmNamed,
  checkJws,
  digestFor,
  exportSigningKey,
  fitsAlgorithm,
  generateSigningKey,
  importSigningKey,
  kidOf,
  type PublicJwk,
  publicJwk,
  type SigningAlgorithm,
  type SigningKey,
  signingAlgorithms,
  signJws,
  thumbprint,
  type VerificationKey,
  type VerifiedJws,
  verificationKey,
  verifyJws,
} from './signing.ts'

/**
 * What may break a rule of the house, each with the reason. A reason that no longer holds goes; tests/house fails for an
 * exception that nothing needs any more.
 */
export const longFiles: Readonly<Record<string, string>> = {}

/** `path name of the function` → reason. */
export const longFunctions: Readonly<Record<string, string>> = {}

/** Files that read process.env besides platform/config. */
export const environmentReaders: Readonly<Record<string, string>> = {
  'packages/authorization-server/bin/latchkey.js':
    'It is the process: what it reads is decided before any setting is loaded.',
}

/** Files of records and features that join rules to the outside world, though their name does not say so. */
export const shells: Readonly<Record<string, string>> = {
  'packages/authorization-server/src/features/client-authentication/authenticate.ts':
    'Proves a client for every endpoint that clients call, and spends the assertion that it showed.',
  'packages/authorization-server/src/records/clients/directory.ts': 'A cache of clients, at most a second old.',
  'packages/authorization-server/src/records/credentials/account-changes.ts':
    'Hashes, then commits: making an account and changing a password, for every path that does.',
  'packages/authorization-server/src/records/credentials/common-passwords.ts':
    'Reads the list of common passwords from its file.',
  'packages/authorization-server/src/records/credentials/django-hash.ts':
    "Checks Django's PBKDF2 hashes, which Node computes in its thread pool.",
  'packages/authorization-server/src/records/credentials/sign-in.ts': 'Loads the account, then asks the rules.',
  'packages/authorization-server/src/records/events/chain/verify.ts':
    'Walks the event log page by page; what is wrong with a link, fault.ts decides.',
  'packages/authorization-server/src/records/installation/follower.ts':
    'Holds the epoch of the installation and reads it again each second.',
  'packages/authorization-server/src/records/keys/key-store.ts':
    'Holds the keys of the process and reads them again each second.',
  'packages/authorization-server/src/records/keys/signing-pairs.ts':
    'Holds the signing pairs of the process, and makes those that are missing.',
  'packages/authorization-server/src/records/scopes/api-directory.ts': 'A cache of APIs, at most a second old.',
  'packages/authorization-server/src/records/scopes/scope-sets.ts':
    'A cache of sets of scopes and audiences, which never change once written.',
}

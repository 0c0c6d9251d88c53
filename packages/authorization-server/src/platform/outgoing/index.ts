/**
 * The guarded way out: documents fetched from, and messages delivered to, addresses that others name. https only, no address inside,
 * connected to what was checked, no redirects, bounded in size, time and number, with a memory for documents.
 * Specifications: OWASP ASVS 5.0 V1.3.6, V13.2.4; RFC 6890. Tables: none. Settings: outgoing.
 */
export { type OutgoingSettings, outgoingSettings } from './config.ts'
export type { FetchedDocument, OutgoingFault, OutgoingRefused, Posted } from './outcome.ts'
export {
  createOutgoing,
  type GetOptions,
  type Outgoing,
  type OutgoingOptions,
  type OutgoingWorld,
  type PostOptions,
} from './outgoing.ts'

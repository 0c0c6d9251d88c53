// Settings of what the server asks for at addresses that others name.
import { z } from 'zod'
import { defineSettings, type Fragment, setting } from '../config/index.ts'
import { parseNetwork } from './address.ts'

export interface OutgoingSettings {
  readonly allowedNetworks: readonly string[]
}

const network = z
  .string()
  .refine((text) => parseNetwork(text) !== undefined, { error: 'must be a range of addresses such as 10.1.0.0/16' })

export const outgoingSettings: Fragment<'outgoing', OutgoingSettings> = defineSettings('outgoing', {
  allowedNetworks: setting(z.array(network).max(50).default([]), {
    env: 'LATCHKEY_OUTGOING_ALLOWED_NETWORKS',
    description:
      'Inside networks, as 10.1.0.0/16, that may be reached for documents and logout messages at addresses that clients register. Without any, only the open internet is.',
    spec: 'OWASP ASVS 5.0 V13.2.4',
  }),
})

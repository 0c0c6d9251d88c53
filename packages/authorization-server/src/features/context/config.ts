// Settings that every feature shares: the one public address, and the rules for people's accounts.
import { z } from 'zod'
import { defineSettings, type Fragment, setting } from '../../platform/config/index.ts'

export interface IdentitySettings {
  readonly publicUrl: string | undefined
  readonly issuer: string | undefined
  readonly emailMaxLength: number
  readonly passwordPolicy: 'django' | 'tutorial'
  readonly passwordLinkSeconds: number
  readonly signUp: boolean
  readonly sessionIdleSeconds: number
  readonly sessionLifetimeSeconds: number
  readonly sessionManagement: boolean
  readonly cookiePrefix: string
}

const webAddress = z.url({ protocol: /^https?$/, error: 'It must be an http or https address.' })

/** RFC 8414 §2: neither query nor fragment; and in the path only what every client and proxy writes alike. */
const issuerAddress = webAddress.refine((issuer) => /^https?:\/\/[^/?#@]+(\/[A-Za-z0-9._~-]+)*\/?$/.test(issuer), {
  error: 'It must be an address without query and fragment, its path of letters, digits, -, ., _ and ~.',
})

export const identitySettings: Fragment<'identity', IdentitySettings> = defineSettings('identity', {
  publicUrl: setting(webAddress.optional(), {
    env: 'LATCHKEY_PUBLIC_URL',
    description:
      'The address at which browsers and clients reach this server. Every URL that the server writes is built from it, never from a request.',
    spec: 'RFC 9207 §2.4',
  }),
  issuer: setting(issuerAddress.optional(), {
    env: 'LATCHKEY_ISSUER',
    description:
      'The issuer in metadata and tokens; it may have a path. Without it, the public address followed by /o.',
    spec: 'RFC 8414 §2',
  }),
  emailMaxLength: setting(z.int().min(6).max(254).default(50), {
    env: 'LATCHKEY_EMAIL_MAX_LENGTH',
    description: 'The most characters of an e-mail address. The tutorials whose clients this server replaces allow 50.',
  }),
  passwordPolicy: setting(z.enum(['django', 'tutorial']).default('django'), {
    env: 'LATCHKEY_PASSWORD_POLICY',
    description:
      "Which passwords are accepted: django (Django's four validators) or tutorial (length only, for following the tutorials to the letter).",
    spec: 'NIST SP 800-63B-4 §3.1.1.2',
  }),
  passwordLinkSeconds: setting(z.int().min(60).max(604_800).default(86_400), {
    env: 'LATCHKEY_PASSWORD_LINK_SECONDS',
    description: 'For how long a one-time link works, through which a person chooses a new password.',
    unit: 'seconds',
    spec: 'OWASP ASVS 5.0 V6.4.1',
  }),
  signUp: setting(z.boolean().default(true), {
    env: 'LATCHKEY_SIGN_UP',
    description: 'Whether people may create their own accounts, on the page and through the sign-up API.',
  }),
  sessionIdleSeconds: setting(z.int().min(60).max(31_536_000).default(604_800), {
    env: 'LATCHKEY_SESSION_IDLE_SECONDS',
    description: 'How long a browser session lasts without a visit.',
    unit: 'seconds',
    spec: 'OWASP ASVS 5.0 V7.3.1',
  }),
  sessionLifetimeSeconds: setting(z.int().min(60).max(31_536_000).default(2_592_000), {
    env: 'LATCHKEY_SESSION_LIFETIME_SECONDS',
    description: 'How long a browser session lasts at most; then the person signs in again.',
    unit: 'seconds',
    spec: 'OWASP ASVS 5.0 V7.3.2',
  }),
  sessionManagement: setting(z.boolean().default(false), {
    env: 'LATCHKEY_SESSION_MANAGEMENT',
    description:
      'Whether clients may watch by a frame of ours that a browser is still signed in. It takes a cookie that scripts and frames of other sites can see, which some browsers block; back-channel logout needs neither.',
    spec: 'OpenID Connect Session Management §3',
  }),
  cookiePrefix: setting(
    z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,31}$/, { error: 'It must be small letters, digits and hyphens, 32 at most.' })
      .default('latchkey'),
    {
      env: 'LATCHKEY_COOKIE_PREFIX',
      description:
        'How the names of our cookies begin. Browsers share cookies between the ports of a host: two servers on localhost need two prefixes, or signing in at one signs out at the other.',
      spec: 'RFC 6265 §8.5',
    },
  ),
})

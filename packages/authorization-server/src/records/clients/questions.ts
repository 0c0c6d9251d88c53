// What the console can be asked of a client, and what an answer leads to.
import type { Act, Field, Question } from '../../platform/console/index.ts'

const person: Field = {
  name: 'user',
  label: 'Person',
  hint: 'By e-mail, username, number or subject.',
  kind: 'email',
  isRequired: true,
}
const scopes: Field = {
  name: 'scopes',
  label: 'Scopes',
  hint: 'With spaces between; empty for a request that names none.',
  kind: 'code',
}
const resources: Field = {
  name: 'resources',
  label: 'APIs',
  hint: 'Their identifiers with spaces between, as a request names them in resource (RFC 8707); empty for none.',
  kind: 'code',
}

export const clientQuestions: readonly Question[] = [
  {
    name: 'token-preview',
    label: 'Preview tokens',
    verb: 'view',
    says: 'What this application would get for a person: the scopes, the ID token, UserInfo and the access token, each claim with where it comes from. Nothing is issued. For other people than yourself it needs the permission users.view as well.',
    fields: [
      person,
      scopes,
      resources,
      {
        name: 'claims',
        label: 'Claims parameter',
        hint: 'Claims that are asked for by name, as JSON (OpenID Connect Core §5.5); empty for none.',
        kind: 'code',
      },
    ],
  },
  {
    name: 'redirect-test',
    label: 'Test an address',
    verb: 'view',
    says: 'Whether an address would be accepted after sign-in and after sign-out; if not, how it differs from each that is registered.',
    fields: [
      {
        name: 'address',
        label: 'Address',
        hint: 'Exactly as the application sends it.',
        kind: 'code',
        isRequired: true,
      },
    ],
  },
  {
    name: 'failures',
    label: 'See what failed lately',
    verb: 'view',
    says: 'The newest refusals of its requests: the rule, how the request differs from the registration, and a repair where there is one.',
  },
]

export const registerAddressAct: Act = {
  name: 'register-address',
  label: 'Register the address',
  on: 'row',
  verb: 'change',
  isSensitive: true,
  says: 'The application may send people to this address after sign-in from now on, with a code in it. Only addresses on this machine and of hosts that are registered are offered.',
  done: 'The address is registered.',
  isUnlisted: true,
  fields: [{ name: 'address', label: 'Redirect URI', kind: 'choice', isRequired: true }],
}

/** In development only: everywhere else it does not exist. */
export const testTokenAct: Act = {
  name: 'test-token',
  label: 'Issue a test token',
  on: 'row',
  verb: 'change',
  isSensitive: true,
  says: 'Makes an access token for a person, as if they had signed in to the application, to try an API with. It is shown once, and ends with its grant. For other people than yourself it needs the permission users.change as well.',
  done: 'The token is made.',
  fields: [
    person,
    scopes,
    resources,
    {
      name: 'lifetime',
      label: 'It lives for',
      kind: 'choice',
      choices: [
        { value: '900', label: '15 minutes' },
        { value: '300', label: '5 minutes' },
        { value: '3600', label: '1 hour' },
      ],
    },
  ],
}

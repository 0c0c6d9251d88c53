// docs/reference/endpoints.md: every address of a server with all features on, as the features declare it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OAuthError } from '../../packages/protocol/src/index.ts'
import { createServer } from '../../packages/authorization-server/src/index.ts'
import { type Incoming, Parameters, type Route } from '../../packages/authorization-server/src/platform/http/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import { generated, table } from './markdown.ts'
import { Undocumented } from './sources.ts'

/** A room whose name says less than it could. */
const titles: Readonly<Record<string, string>> = {
  'client-registration': 'Registration of applications',
  home: 'Landing page',
  health: 'Health',
  login: 'Sign-in and sign-out',
  signup: 'Sign-up',
  profile: 'Profile APIs',
  userinfo: 'UserInfo',
  setup: 'Set-up',
}

export async function endpointsPage(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-docs-'))
  const settings = {
    server: { dataDir },
    identity: { publicUrl: 'https://id.example.com' },
    registration: { policy: 'token' },
  }
  const server = await createServer({ settings, deps: { log: silentLog } })
  try {
    const sections = server.app.features.flatMap(({ name, routes, describes }) => {
      const paths = [...Map.groupBy(routes, (route) => route.path)]
      const rows = paths.map(([path, mounted]) => {
        const about = describes[path]
        if (about === undefined)
          throw new Undocumented(`features/${name} does not describe ${path} (Feature.describes).`)
        return [`\`${path}\``, methodsOf(mounted), about.caller, about.purpose, refusalsOf(mounted), about.spec ?? '']
      })
      const superfluous = Object.keys(describes).find((path) => !routes.some((route) => route.path === path))
      if (superfluous !== undefined)
        throw new Undocumented(`features/${name} describes ${superfluous} and does not serve it.`)
      const title = titles[name] ?? `${name[0]?.toUpperCase()}${name.slice(1)}`
      return [`## ${title}`, table(['Path', 'Methods', 'Caller', 'What it is for', 'Refuses as', 'Clause'], rows)]
    })
    return generated('Endpoints', [...introduction, ...sections])
  } finally {
    await server.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

const introduction = [
  [
    'Every path is served with and without its last slash, never by redirect. HEAD is answered wherever GET is; another method than',
    'those listed is 405 with `Allow`. Each refusal carries the header `Latchkey-Incident`: the id under which the log, and the page of',
    'the application for its owner, say which rule refused. The errors themselves are in [errors.md](errors.md).',
  ].join('\n'),
  [
    '- **OAuth JSON**: `{"error", "error_description"}` (RFC 6749 §5.2), a 401 with the challenge of the scheme that was used.',
    '- **bearer**: the same body, and the token’s fault in `WWW-Authenticate: Bearer` (RFC 6750 §3).',
    '- **Django JSON**: `{"field": ["…"]}` for a form, `{"detail": "…"}` for all else, or a page where a browser asks.',
    '- **page**: plain words and the incident’s id. `/o/authorize/` sends what may travel to the client instead.',
  ].join('\n'),
]

function methodsOf(routes: readonly Route[]): string {
  return routes.map(({ method }) => method).join(', ')
}

/** Which face a route shows is asked of the face itself. */
function refusalsOf([route]: readonly Route[]): string {
  if (route === undefined) throw new Error('A path has no route.')
  const error = new OAuthError('invalid_token', 'The access token has expired.', { rule: 'token-expired' })
  const { headers, body } = route.face({ error, incident: '0000-0000' }, emptyRequest)
  if (String(headers['content-type']).startsWith('text/html')) return 'page'
  if (String(body).startsWith('{"detail"')) return 'Django JSON'
  return String(headers['www-authenticate']).startsWith('Bearer') ? 'bearer' : 'OAuth JSON'
}

const emptyRequest: Incoming = {
  method: 'GET',
  path: '/',
  url: '/',
  query: Parameters.empty,
  params: {},
  headers: { accept: 'application/json' },
  cookies: {},
  body: { kind: 'none' },
  remoteAddress: '127.0.0.1',
}

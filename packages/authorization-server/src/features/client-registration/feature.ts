// Mounted only where the policy is not off: then it is advertised, else it is 404. What answers is loaded at the first request.
import type { Incoming, Reply, Route } from '../../platform/http/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { bearer } from '../refusals/index.ts'
import type { RegistrationSettings } from './config.ts'
import { ownPath, registerPath } from './paths.ts'

export function clientRegistrationFeature(context: Context, settings: RegistrationSettings): Feature {
  const route = (method: Route['method'], path: string, handle: (request: Incoming) => Promise<Reply>): Route => ({
    method,
    path,
    face: bearer,
    work: 'issue',
    handle,
  })
  return {
    name: 'client-registration',
    routes: [
      route('POST', registerPath, async (request) =>
        (await import('./endpoint.ts')).register(context, settings, request),
      ),
      route('GET', ownPath, async (request) => (await import('./management-endpoint.ts')).readOwn(context, request)),
      route('PUT', ownPath, async (request) =>
        (await import('./management-endpoint.ts')).updateOwn(context, settings, request),
      ),
      route('DELETE', ownPath, async (request) =>
        (await import('./management-endpoint.ts')).deleteOwn(context, request),
      ),
    ],
    describes: {
      [registerPath]: {
        purpose: 'Registers an application, where the policy lets the caller.',
        caller: settings.policy === 'open' ? 'anyone' : 'bearer token',
        spec: 'RFC 7591 §3',
      },
      [ownPath]: {
        purpose: 'Lets an application that registered itself read, change and delete its registration.',
        caller: 'bearer token',
        spec: 'RFC 7592 §2',
      },
    },
    metadata: { registration_endpoint: `${context.publicUrl}${registerPath}` },
  }
}

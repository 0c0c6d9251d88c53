// The roof: the one place that knows every room. It opens what the server stands on and mounts the features.
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Settings } from './config.ts'
import { openContext } from './context.ts'
import type { Deps } from './deps.ts'
import { accountFeature } from './features/account/index.ts'
import { applicationsFeature } from './features/applications/index.ts'
import { authorizationFeature } from './features/authorization/index.ts'
import { pageFace } from './features/browser/index.ts'
import type { Context, Feature } from './features/context/index.ts'
import { brandingFeature } from './features/branding/index.ts'
import { consoleFeature } from './features/console/index.ts'
import { clientRegistrationFeature, removeUnusedClients } from './features/client-registration/index.ts'
import { discoveryFeature } from './features/discovery/index.ts'
import { healthFeature } from './features/health/index.ts'
import { type HomePage, homeFeature } from './features/home/index.ts'
import { introspectionFeature } from './features/introspection/index.ts'
import { loginFeature } from './features/login/index.ts'
import { deliverLogouts, logoutFeature } from './features/logout/index.ts'
import { profileFeature } from './features/profile/index.ts'
import { revocationFeature } from './features/revocation/index.ts'
import { passwordLinkFeature } from './features/password-link/index.ts'
import { setupFeature } from './features/setup/index.ts'
import { signUpFeature } from './features/signup/index.ts'
import { tokenFeature } from './features/token/index.ts'
import { userinfoFeature } from './features/userinfo/index.ts'
import { keepHouse } from './housekeeping.ts'
import { randomId } from './platform/crypto/index.ts'
import { keepUsage } from './records/usage/index.ts'
import { createHttpServer, type Work } from './platform/http/index.ts'
import { type Admission, createAdmission, createLoopLag } from './platform/limits/index.ts'
import { chainEvents, chainPurpose } from './records/events/index.ts'

export interface AppOptions {
  /** Development: pages say more, and a demo is shown. */
  readonly development: boolean
  readonly demo?: HomePage['demo'] | undefined
}

export interface App {
  readonly http: FastifyInstance
  readonly context: Context
  /** What is mounted, and so advertised; the reference of endpoints is made from it. */
  readonly features: readonly Feature[]
  /** Readiness says no from now on, and each answer ends its connection; resolves after the drain delay. */
  drain(): Promise<void>
  /** Takes no new connection, lets requests finish until the deadline, then closes the database. */
  close(): Promise<void>
}

const keyRefreshMs = 1_000

export async function createApp(settings: Settings, deps: Deps, options: AppOptions): Promise<App> {
  const context = await openContext(settings, deps, options.development)
  const features = mountFeatures(context, settings, options)
  const http = await createHttpServer({
    routes: features.flatMap((feature) => feature.routes),
    fallbackFace: pageFace(context),
    report: (error, request) => context.incidents.report(error, request),
    bodyLimitBytes: settings.server.bodyLimitBytes,
    trustedProxies: settings.server.trustedProxies,
    secure: context.secure,
    drain: context.drain,
    admission: admissionOf(settings),
    aroundTurn: context.database.moment,
  })
  const stopRefresh = followKeys(context)
  const stopJobs = startJobs(context, settings)
  return {
    http,
    context,
    features,
    async drain() {
      context.drain.begin()
      await delay(settings.server.drainDelayMs)
    },
    async close() {
      context.drain.begin()
      stopRefresh()
      await endOfJobs(stopJobs(), settings.server.shutdownDeadlineMs, context.log)
      await closeHttp(http, settings.server.shutdownDeadlineMs)
      context.hashProcess.close()
      await context.database.close()
    },
  }
}

/** Work that the server does by itself; returns what stops it. */
function startJobs(
  context: Context,
  { registration, usage }: Pick<Settings, 'registration' | 'usage'>,
): () => Promise<void> {
  const deps = { ...context, holder: randomId(context.random) }
  const stops = [
    keepHouse(deps),
    chainEvents({ ...deps, chainKeys: context.keys.keyedDigests(chainPurpose) }),
    deliverLogouts(deps),
    keepUsage(deps, usage),
    ...(registration.policy === 'open' ? [removeUnusedClients(deps, registration)] : []),
  ]
  return async () => {
    for (const stop of stops) {
      await stop().catch((error: unknown) => context.log.warn('a lease was not given back', { error }))
    }
  }
}

/** A job that asked a database which never answers would never end: its lease runs out by itself. */
async function endOfJobs(ended: Promise<void>, deadlineMs: number, log: Context['log']): Promise<void> {
  const late = new AbortController()
  const deadline = delay(deadlineMs, 'late' as const, { signal: late.signal }).catch(() => undefined)
  if ((await Promise.race([ended, deadline])) === 'late') log.warn('a job did not end in time and is left alone')
  late.abort()
}

/** What gives way first when the event loop lags: people's pages, then tokens, then what is read; never what everybody gets. */
function admissionOf({ limits }: Settings): Admission<Work> {
  const lagMs = limits.eventLoopLagMs
  return createAdmission<Work>({
    lag: createLoopLag(),
    bounds: {
      'sign-in': { most: limits.signInRequestsAtOnce, longestLagMs: lagMs },
      page: { most: limits.pageRequestsAtOnce, longestLagMs: lagMs },
      issue: { most: limits.tokenRequestsAtOnce, longestLagMs: 2 * lagMs },
      read: { most: limits.readRequestsAtOnce, longestLagMs: 4 * lagMs },
      public: { most: limits.readRequestsAtOnce, longestLagMs: Number.POSITIVE_INFINITY },
    },
  })
}

/** Whoever never finishes a request must not keep the process. */
async function closeHttp(http: FastifyInstance, deadlineMs: number): Promise<void> {
  const timer = setTimeout(() => http.server.closeAllConnections(), deadlineMs)
  await http.close()
  clearTimeout(timer)
}

export function mountFeatures(
  context: Context,
  settings: Pick<Settings, 'console' | 'profile' | 'registration'>,
  options: Pick<AppOptions, 'demo'> = {},
): readonly Feature[] {
  const demoUsers = options.demo?.users
  const features = [
    homeFeature(context, { demo: options.demo }),
    healthFeature(context),
    authorizationFeature(context),
    tokenFeature(context),
    introspectionFeature(context),
    revocationFeature(context),
    userinfoFeature(context),
    profileFeature(context, settings.profile),
    loginFeature(context, { demoUsers }),
    logoutFeature(context),
    brandingFeature(context),
    signUpFeature(context),
    accountFeature(context),
    applicationsFeature(context),
    consoleFeature(context, settings.console),
    setupFeature(context),
    passwordLinkFeature(context),
    ...(settings.registration.policy === 'off' ? [] : [clientRegistrationFeature(context, settings.registration)]),
  ]
  return [...features, discoveryFeature(context, features)]
}

/** A key that was rotated, or an epoch that was raised, by another process is followed within a second. */
function followKeys(context: Context): () => void {
  const timer = setInterval(() => {
    Promise.all([context.keys.refresh(), context.installation.refresh()]).catch((error: unknown) =>
      context.log.warn('the keys could not be read again', { error }),
    )
  }, keyRefreshMs)
  timer.unref()
  return () => clearInterval(timer)
}

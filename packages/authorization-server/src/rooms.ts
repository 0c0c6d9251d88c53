/**
 * The floor plan of the server. Imports go down: app.ts, main.ts and cli/ (the roof) → features → records → platform.
 * tests/house proves that the code agrees with it.
 */
export const floors: readonly string[] = ['platform', 'records', 'features']

/** Doors between rooms of one floor: a room → the rooms that it may enter. No circles, and none that nobody uses. */
export const doors: Readonly<Record<string, readonly string[]>> = {
  'platform/crypto': ['platform/time'],
  'platform/http': ['platform/limits'],
  'platform/limits': ['platform/time'],
  'platform/jobs': ['platform/log', 'platform/storage', 'platform/time'],
  'platform/html': ['platform/time'],
  'platform/outgoing': ['platform/config', 'platform/time'],
  'platform/log': ['platform/config', 'platform/time'],
  'platform/storage': ['platform/time'],
  'platform/console': ['platform/html', 'platform/http', 'platform/storage', 'platform/time'],
  'records/credentials': ['records/events', 'records/grants', 'records/logouts', 'records/sessions', 'records/users'],
  'records/grants': ['records/consents', 'records/users'],
  'records/keys': ['records/events'],
  'records/logouts': ['records/grants', 'records/sessions'],
  'records/sessions': ['records/users'],
  'features/account': ['features/browser', 'features/context', 'features/logout'],
  'features/applications': [
    'features/browser',
    'features/client-registration',
    'features/context',
    'features/refusals',
  ],
  'features/authorization': [
    'features/branding',
    'features/browser',
    'features/claims',
    'features/context',
    'features/refusals',
    'features/token',
  ],
  'features/bearer': ['features/context'],
  'features/browser': ['features/context', 'features/refusals'],
  'features/claims': ['features/context'],
  'features/client-authentication': ['features/context'],
  'features/branding': ['features/context', 'features/refusals'],
  'features/client-registration': ['features/context', 'features/refusals'],
  'features/context': ['features/refusals'],
  'features/console': ['features/bearer', 'features/browser', 'features/context', 'features/refusals'],
  'features/discovery': ['features/claims', 'features/context', 'features/refusals'],
  'features/health': ['features/context', 'features/refusals'],
  'features/home': ['features/browser', 'features/context'],
  'features/introspection': [
    'features/bearer',
    'features/claims',
    'features/client-authentication',
    'features/context',
    'features/refusals',
  ],
  'features/logout': ['features/browser', 'features/claims', 'features/context'],
  'features/login': ['features/authorization', 'features/branding', 'features/browser', 'features/context'],
  'features/profile': ['features/bearer', 'features/context', 'features/refusals'],
  'features/revocation': ['features/bearer', 'features/client-authentication', 'features/context', 'features/refusals'],
  'features/setup': ['features/browser', 'features/context'],
  'features/signup': ['features/authorization', 'features/browser', 'features/context'],
  'features/token': ['features/claims', 'features/client-authentication', 'features/context', 'features/refusals'],
  'features/userinfo': ['features/bearer', 'features/claims', 'features/context', 'features/refusals'],
}

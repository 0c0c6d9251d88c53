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
  'platform/log': ['platform/config', 'platform/time'],
  'platform/storage': ['platform/time'],
  'records/credentials': ['records/events', 'records/grants', 'records/sessions', 'records/users'],
  'records/grants': ['records/users'],
  'records/keys': ['records/events'],
  'records/sessions': ['records/users'],
  'features/account': ['features/browser', 'features/context'],
  'features/applications': ['features/browser', 'features/context', 'features/refusals'],
  'features/authorization': ['features/browser', 'features/context', 'features/token'],
  'features/bearer': ['features/context'],
  'features/browser': ['features/context', 'features/refusals'],
  'features/client-authentication': ['features/context'],
  'features/context': ['features/refusals'],
  'features/discovery': ['features/context', 'features/refusals'],
  'features/health': ['features/context', 'features/refusals'],
  'features/home': ['features/browser', 'features/context'],
  'features/introspection': [
    'features/bearer',
    'features/client-authentication',
    'features/context',
    'features/refusals',
  ],
  'features/login': ['features/authorization', 'features/browser', 'features/context'],
  'features/profile': ['features/bearer', 'features/context', 'features/refusals'],
  'features/revocation': ['features/client-authentication', 'features/context', 'features/refusals'],
  'features/setup': ['features/browser', 'features/context'],
  'features/signup': ['features/authorization', 'features/browser', 'features/context'],
  'features/token': ['features/client-authentication', 'features/context', 'features/refusals'],
  'features/userinfo': ['features/bearer', 'features/context', 'features/refusals'],
}

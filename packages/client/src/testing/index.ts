// An authorization server and a browser for the tests of an app: in the process, without a port, with real keys.

export { type Bending } from './bending.ts'
export { signInAs, type TestApp, TestBrowser } from './browser.ts'
export { type TestClock, testClock } from './clock.ts'
export {
  createTestIssuer,
  type TestIssuer,
  type TestIssuerOptions,
  type TestLogout,
  type TestPerson,
} from './issuer.ts'

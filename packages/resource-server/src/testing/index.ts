// An authorization server for the tests of an API: in the process, without a port, with real keys and real signatures.

export { assertEveryRouteHasARule, describeInventory } from '../inventory.ts'
export { type TestClock, testClock } from './clock.ts'
export { createTestIssuer, type TestIssuer, type TestIssuerOptions, type TestToken } from './issuer.ts'

/**
 * Health: liveness and readiness for a supervisor or a load balancer.
 * Specifications: none. Tables: none of its own. Settings: none.
 */
export { healthFeature } from './endpoint.ts'

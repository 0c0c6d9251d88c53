/**
 * Set-up: the one-time link through which a new installation gets its first administrator.
 * Specifications: OWASP ASVS 5.0 V6.3.2. Tables: setup_links. Settings: none of its own.
 */
export { openSetup, setupFeature, type SetupLink } from './endpoint.ts'
export { setupMigrations } from './migrations.ts'

import { storageConformance } from '../../packages/authorization-server/src/platform/storage/conformance.ts'
import { postgresPlace } from '../support/postgres.ts'

storageConformance('PostgreSQL', postgresPlace)

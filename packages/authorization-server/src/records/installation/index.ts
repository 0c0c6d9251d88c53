/**
 * The installation: one row that stands for this deployment as a whole. It carries the epoch that a restored backup raises.
 * Tables: installation. Specifications: none. Settings: none.
 */
export { followInstallation, type InstallationFollower } from './follower.ts'
export { installationMigrations } from './migrations.ts'
export {
  createInstallation,
  findInstallation,
  holdInstallation,
  type Installation,
  raiseInstallationEpoch,
} from './store.ts'

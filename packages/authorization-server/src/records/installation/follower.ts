// The installation's epoch as it was at most a second ago, for tokens that are made without a look at the database. One that is
// stamped with an epoch of the past is void where it is shown: being late fails closed.
import type { Database } from '../../platform/storage/index.ts'
import { findInstallation } from './store.ts'

export interface InstallationFollower {
  epoch(): number
  refresh(): Promise<void>
}

/** @throws Error when the installation has no row yet */
export async function followInstallation(database: Pick<Database, 'all'>): Promise<InstallationFollower> {
  const read = async (): Promise<number> => {
    const installation = await findInstallation(database)
    if (installation === undefined) throw new Error('The installation has no row.')
    return installation.epoch
  }
  let epoch = await read()
  return {
    epoch: () => epoch,
    async refresh() {
      epoch = await read()
    },
  }
}

// One test per module, titled with its name, for each plan: on a server that they share.
import { after, before, describe, test } from 'node:test'
import { type Ground, type GroundOptions, startGround } from './ground.ts'
import { implementations } from './modules.ts'
import type { Plan } from './plans.ts'
import { type Stage, stageOn } from './stage.ts'

export interface RunOptions extends GroundOptions {
  /** In the place of the embedded database; removed at the end. */
  readonly openDatabase?: () => Promise<{ readonly url: string; remove(): Promise<void> }>
}

export function runPlans(plans: readonly Plan[], { openDatabase, ...options }: RunOptions = {}): void {
  let ground: Ground | undefined
  let database: Awaited<ReturnType<NonNullable<RunOptions['openDatabase']>>> | undefined
  before(async () => {
    database = await openDatabase?.()
    ground = await startGround({ ...options, ...(database === undefined ? {} : { databaseUrl: database.url }) })
  })
  after(async () => {
    await ground?.close()
    await database?.remove()
  })
  for (const plan of plans) {
    describe(titleOf(plan), () => {
      let stage: Stage | undefined
      before(() => {
        if (ground === undefined) throw new Error('There is no server.')
        stage = stageOn(ground, plan)
      })
      for (const name of plan.modules) {
        test(name, async () => {
          if (stage === undefined) throw new Error('There is no stage.')
          await implementations[name](stage)
        })
      }
    })
  }
}

function titleOf({ profile, responseType, responseMode }: Plan): string {
  return `${profile}: ${responseType}${responseMode === undefined ? '' : ` by ${responseMode}`}`
}

// Every profile on PostgreSQL: the same modules, the same server.
import { postgresPlace } from '../support/postgres.ts'
import { plansByFile } from './plans.ts'
import { runPlans } from './run.ts'

runPlans(Object.values(plansByFile).flat(), { sessionManagement: true, openDatabase: postgresPlace })

// The implicit profile: response types without a code, for clients that have them on.
import { implicit } from './plans.ts'
import { runPlans } from './run.ts'

runPlans(implicit)

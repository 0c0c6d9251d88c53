// The hybrid profile: response types with a code and tokens beside it, for clients that have them on.
import { hybrid } from './plans.ts'
import { runPlans } from './run.ts'

runPlans(hybrid)

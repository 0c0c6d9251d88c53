// The basic profile: the code flow, as most applications use it.
import { basic } from './plans.ts'
import { runPlans } from './run.ts'

runPlans(basic)

// The profiles of configuration, dynamic registration and third-party-initiated login.
import { dynamic } from './plans.ts'
import { runPlans } from './run.ts'

runPlans(dynamic)

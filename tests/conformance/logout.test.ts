// The four profiles of logout.
import { logout } from './plans.ts'
import { runPlans } from './run.ts'

runPlans(logout, { sessionManagement: true })

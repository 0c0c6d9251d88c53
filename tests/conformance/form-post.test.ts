// The form post profile: all of basic, implicit and hybrid, answered by a form.
import { formPost } from './plans.ts'
import { runPlans } from './run.ts'

runPlans(formPost)

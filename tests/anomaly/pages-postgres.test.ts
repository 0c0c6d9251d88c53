import { everyWriteFails } from './strikes.ts'

everyWriteFails('postgres', 'pages')

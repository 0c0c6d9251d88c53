import { everyWriteFails } from './strikes.ts'

everyWriteFails('sqlite', 'pages')

// All that is loaded when somebody first comes to the console: its pages, its API, and the nouns.
export { answerApi, answerIndex, answerOpenApi } from './api-endpoint.ts'
export { type Console, consoleOf } from './console.ts'
export { desksOf } from './desks.ts'
export { answerPage, showHome } from './page-endpoint.ts'
export { showProof, takeProof } from './proof-endpoint.ts'

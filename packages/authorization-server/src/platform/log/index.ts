// The log: one JSON record a line on standard error (one line for a person in development), secrets masked by name and by shape
// before they reach the writer. Tables: none. Settings: log.level, log.format.

export { createLog, type Fields, type Log, type LogLevel, type LogOptions, silentLog } from './log.ts'
export { type LogSettings, logSettings } from './config.ts'
export { isSecretName, withoutControls } from './redact.ts'

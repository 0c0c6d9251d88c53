// The logger: pino writes, this decides what it may be given. Nothing reaches pino that has not passed redact.ts.

import { pino } from 'pino'
import type { Clock } from '../time/index.ts'
import { prettyLine } from './pretty.ts'
import { safeFields, safeText } from './redact.ts'

export type Fields = Readonly<Record<string, unknown>>

/** `message` is a constant sentence; what varies goes into `fields`, where names decide what is masked. */
export interface Log {
  debug(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
  /** A logger that adds these fields to every record. */
  with(fields: Fields): Log
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export interface LogOptions {
  readonly level: LogLevel
  /** `json`: one JSON record a line. `pretty`: one line for a person. */
  readonly format: 'json' | 'pretty'
  readonly clock: Clock
  readonly inColour?: boolean
  /** Takes each finished line, line break included. Standard error without it: standard output is for data. */
  readonly write?: (line: string) => void
}

/** Starts a logger. */
export function createLog(options: LogOptions): Log {
  const finish = options.write ?? standardError()
  const write =
    options.format === 'pretty' ? (line: string) => finish(prettyLine(line, options.inColour === true)) : finish
  const logger = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'message',
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date(options.clock.now()).toISOString()}"`,
    },
    { write },
  )
  return overPino(logger, {})
}

/** A logger that writes nothing. */
export const silentLog: Log = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  with: () => silentLog,
}

type Writer = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'isLevelEnabled'>

function overPino(logger: Writer, fixed: Fields): Log {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => {
    return (message: string, fields: Fields = {}): void => {
      if (logger.isLevelEnabled(level)) {
        logger[level](safeFields({ ...fixed, ...fields }), safeText(message))
      }
    }
  }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (fields) => overPino(logger, { ...fixed, ...fields }),
  }
}

function standardError(): (line: string) => void {
  // Synchronous: what was logged before a crash is what one reads after it.
  const destination = pino.destination({ fd: 2, sync: true })
  return (line) => {
    destination.write(line)
  }
}

function nothing(): void {
  // Writes nothing, on purpose.
}

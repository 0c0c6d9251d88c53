#!/usr/bin/env node
// The command `latchkey`. Turns the compile cache on before anything else is loaded: later starts skip parsing and type stripping.
// JavaScript, because a TypeScript file here would load Node's type stripper before there is a cache to skip it with.

import { existsSync } from 'node:fs'
import { constants, enableCompileCache } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * Folders that belong to whoever runs this: the nearest node_modules, else the data folder. Never the shared temporary folder,
 * where another user of the machine could leave compiled code for us.
 * @returns {readonly string[]}
 */
function cacheFolders() {
  const data = existsSync('.latchkey') ? [join('.latchkey', 'cache')] : []
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules'))) {
      return [join(folder, 'node_modules', '.cache', 'latchkey'), ...data]
    }
  }
  return data
}

// A folder that cannot be written makes the start slower, never fail: enableCompileCache reports instead of throwing.
cacheFolders().some((folder) => enableCompileCache(folder).status !== constants.compileCacheStatus.FAILED)

const { main } = await import('../src/cli/main.ts')
await main(process.argv.slice(2), process.env)

// Swagger UI as its package brings it: two files, read when somebody first asks for the API's reference, and named by their content.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Asset } from '../html/index.ts'

export interface ReferenceFiles {
  /** Changes with any byte of them. */
  readonly version: string
  readonly files: ReadonlyMap<string, Asset>
}

const wanted = [
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
] as const

let loading: Promise<ReferenceFiles> | undefined

/** A load that failed is tried again by the next. */
export function referenceFiles(): Promise<ReferenceFiles> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}

async function load(): Promise<ReferenceFiles> {
  const folder = new URL('./static/', import.meta.resolve('@fastify/swagger-ui'))
  const digest = createHash('sha256')
  const files = new Map<string, Asset>()
  for (const [name, contentType] of wanted) {
    const body = await readFile(fileURLToPath(new URL(name, folder)))
    digest.update(body)
    files.set(name, { contentType, body })
  }
  return { version: digest.digest('hex').slice(0, 12), files }
}

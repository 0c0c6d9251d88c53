// A file of all people while others read lists: how long, how much memory, and what the others wait.
import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Target } from '../servers/target.ts'
import { Asker, type Waits, waitsOf } from './asking.ts'

export interface Exported {
  readonly rows: number
  readonly told: string
  readonly megabytes: number
  readonly seconds: number
  /** Resident memory of the server's process before, and the most of it while the file was made. */
  readonly idleMegabytes: number
  readonly mostMegabytes: number
  readonly others: Waits
}

function residentMegabytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1_024
}

export async function timeExport(server: Target, cookie: string, people: number): Promise<Exported> {
  const [pid = 0] = server.pids
  const asker = new Asker(server.port, cookie)
  for (let round = 0; round < 50; round += 1) await asker.get('/api/v1/users')
  const idleMegabytes = residentMegabytes(pid)
  let mostMegabytes = idleMegabytes
  let isOver = false
  const began = performance.now()
  const file = download(server.port, cookie).finally(() => {
    isOver = true
  })
  const waits: number[] = []
  while (!isOver) {
    const asked = performance.now()
    await asker.get('/api/v1/users?sort=email')
    waits.push(performance.now() - asked)
    mostMegabytes = Math.max(mostMegabytes, residentMegabytes(pid))
    await delay(50)
  }
  const { rows, bytes, told } = await file
  asker.close()
  if (rows < people) throw new Error(`The file has ${rows} rows of ${people}.`)
  const seconds = (performance.now() - began) / 1_000
  return { rows, told, megabytes: bytes / 1e6, seconds, idleMegabytes, mostMegabytes, others: waitsOf(waits) }
}

function download(
  port: number,
  cookie: string,
): Promise<{ readonly rows: number; readonly bytes: number; readonly told: string }> {
  return new Promise((resolve, reject) => {
    const headers = { cookie, accept: 'text/csv' }
    get({ port, host: '127.0.0.1', path: '/api/v1/users/export.csv', headers }, (reply) => {
      let [lines, bytes] = [0, 0]
      reply.on('data', (part: Buffer) => {
        bytes += part.length
        for (const byte of part) if (byte === 10) lines += 1
      })
      reply.on('error', reject)
      reply.on('end', () => resolve({ rows: lines - 1, bytes, told: String(reply.headers['latchkey-rows']) }))
    }).on('error', reject)
  })
}

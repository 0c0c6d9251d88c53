// Asks the program in the same container or on the same machine whether it can take work: exit code 0 or 1.
// Usage: node deploy/health.js [path]     The port is LATCHKEY_PORT, or PORT, or 8000.
// JavaScript, so that a check every few seconds loads no type stripper.
const { LATCHKEY_PORT, PORT } = process.env
const url = `http://localhost:${LATCHKEY_PORT || PORT || 8000}${process.argv[2] ?? '/health/ready'}`
try {
  const { status } = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(3_000) })
  if (status >= 400) console.error(`${url} answers ${status}.`)
  process.exitCode = status < 400 ? 0 : 1
} catch (error) {
  console.error(`${url} does not answer: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}

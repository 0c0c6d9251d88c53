/**
 * Loaded into every test file's process: ends one that does not end by itself. The runner's own timeout fails a test but
 * leaves its process waiting for the socket or the timer that was forgotten.
 */
const limitMs = Number(process.env['LATCHKEY_TEST_FILE_LIMIT_MS'])

setTimeout(() => {
  const open = process.getActiveResourcesInfo().join(', ')
  process.stderr.write(`Ended after ${limitMs / 1000} s. Still open: ${open}\n`)
  process.exit(1)
}, limitMs).unref()

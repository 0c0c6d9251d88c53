// The browser that npm brings must start on a machine that has none, or these tests would need something preinstalled.
import assert from 'node:assert/strict'
import test from 'node:test'
import { launchChromium } from './chromium.ts'

const here = process.platform === 'linux' && process.arch === 'x64'

test('the Chromium of the npm package starts with its own libraries and fonts, and renders', async () => {
  process.env['CHROMIUM_PATH'] = 'npm'
  if (!here) return assert.rejects(launchChromium(), /set CHROMIUM_PATH/)
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    await page.setContent('<h1>Words have a width</h1>')
    const box = await page.locator('h1').boundingBox()
    assert.ok(box !== null && box.height > 20)
  } finally {
    await browser.close()
  }
})

test('a CHROMIUM_PATH that leads nowhere is an error, not another browser', async () => {
  process.env['CHROMIUM_PATH'] = '/no/such/chromium'
  await assert.rejects(launchChromium(), /\/no\/such\/chromium, which does not exist/)
})

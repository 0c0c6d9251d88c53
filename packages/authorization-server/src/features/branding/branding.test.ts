import assert from 'node:assert/strict'
import { test } from 'node:test'
import { english, type PageContext } from '../../platform/html/index.ts'
import { type ClientMetadata, plainMetadata } from '../../records/clients/index.ts'
import { type Brand, brandOf, pictureType } from './brand.ts'
import { brandLinks, brandPairing } from './page.ts'

const context: PageContext = { locale: english, assetVersion: 'v', development: false }

function brand(metadata: Partial<ClientMetadata>, clientId = 'shop'): Brand {
  return brandOf({ clientId, metadata: { ...plainMetadata, ...metadata } })
}

function linksOf(metadata: Partial<ClientMetadata>, name = 'Shop'): string {
  const links = brandLinks(context, name, brand(metadata))
  return links === false ? '' : links.text
}

test('the picture comes from our own origin, never from the address that was registered', () => {
  const { text } = brandPairing('Shop', brand({ logoUri: 'https://shop.example/logo.png' }, 'a/b "c'))
  assert.match(text, /<img class="app-logo" src="\/o\/logo\/a%2Fb%20%22c\/" alt=""/)
  assert.equal(text.includes('shop.example'), false)
})

test('an application without a logo shows its first letter', () => {
  assert.match(brandPairing('Shop', brand({})).text, /class="monogram" aria-hidden="true">S</)
})

test('its pages are linked in words, in a window that cannot reach back', () => {
  const text = linksOf({
    clientUri: 'https://shop.example/',
    policyUri: 'https://shop.example/p?a=1&b=2',
    termsUri: 'https://shop.example/t',
  })
  assert.equal(text.match(/rel="noopener noreferrer nofollow"/g)?.length, 3)
  assert.match(text, /href="https:\/\/shop\.example\/p\?a=1&#38;b=2" [^>]*>Privacy policy</)
  assert.equal(linksOf({}), '')
})

test('no name and no address becomes markup or script (CVE-2026-9086)', () => {
  const text = linksOf(
    {
      clientUri: 'https://shop.example/"><script>',
      policyUri: 'JaVaScRiPt:alert(1)',
      termsUri: 'java\tscript:alert(1)',
    },
    '<img onerror=x>',
  )
  assert.doesNotMatch(text, /<script|<img|javascript:/i)
  assert.equal(text.match(/<a /g)?.length, 1)
})

test('a picture is known by its octets; documents, SVG among them, are none', () => {
  const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')
  assert.equal(pictureType(bytes('\x89PNG\r\n\x1a\n0000')), 'image/png')
  assert.equal(pictureType(bytes('\xff\xd8\xff\xe0')), 'image/jpeg')
  assert.equal(pictureType(bytes('GIF89a00')), 'image/gif')
  assert.equal(pictureType(bytes('RIFF0000WEBPVP8 ')), 'image/webp')
  for (const other of [
    '',
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '<!doctype html>',
    'RIFF0000WAVE',
    'GIF88a',
    '\x89PN',
    '%PDF-1.7',
    'BM0000',
  ]) {
    assert.equal(pictureType(bytes(other)), undefined, other)
  }
})

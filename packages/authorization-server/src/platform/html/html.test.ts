import assert from 'node:assert/strict'
import test from 'node:test'
import * as fc from 'fast-check'
import { attributes } from './attributes.ts'
import { html, type HtmlValue } from './html.ts'

test('text and quoted attributes are escaped', () => {
  const hostile = `"><svg onload=alert('1')>&amp;`
  const page = html`<p title="${hostile}">${hostile}</p>`
  const escaped = '&#34;&#62;&#60;svg onload=alert(&#39;1&#39;)&#62;&#38;amp;'
  assert.equal(page.text, `<p title="${escaped}">${escaped}</p>`)
})

test('no text, whatever it is, opens a tag or closes an attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const page = html`<p title="${text}">${text}</p>`
      assert.equal(page.text.match(/[<>]/g)?.length, 4)
      assert.equal(page.text.match(/"/g)?.length, 2)
    }),
  )
})

test('markup nests, lists join, and absent values leave nothing', () => {
  const items = ['a', 'b'].map((name) => html`<li>${name}</li>`)
  assert.equal(html`<ul>${items}${undefined}${null}${false}${0}</ul>`.text, '<ul><li>a</li><li>b</li>0</ul>')
})

test('a value is refused where escaping does not protect it', () => {
  const value: HtmlValue = 'x'
  const refused = [
    () => html`<p title=${value}></p>`,
    () => html`<p title=a${value}></p>`,
    () => html`<script>let a = "${value}"</script>`,
    () => html`<style>p { color: ${value} }</style>`,
    () => html`<!-- ${value} -->`,
    () => html`<${value}>`,
    () => html`</${value}>`,
    () => html`<p ${value}></p>`,
    () => html`<p title="${html`<b>x</b>`}"></p>`,
  ]
  for (const build of refused) assert.throws(build, TypeError)
})

test('after a comment, a script or a quoted > the text is text again', () => {
  const page = html`<!-- > --><script src="/a.js"></script><p title="a>b">${'<'}</p>`
  assert.equal(page.text, '<!-- > --><script src="/a.js"></script><p title="a>b">&#60;</p>')
})

test('an address with another scheme than http, https or mailto leads nowhere', () => {
  for (const url of [
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    '//evil.example',
    '/\\evil.example',
  ]) {
    assert.equal(html`<a href="${url}">x</a>`.text, '<a href="about:invalid">x</a>')
    assert.equal(
      html`<form method="post" action="${url}"></form>`.text,
      '<form method="post" action="about:invalid"></form>',
    )
  }
  assert.equal(
    html`<a href="${'https://shop.example/?a=1&b=2'}">x</a>`.text,
    '<a href="https://shop.example/?a=1&#38;b=2">x</a>',
  )
  assert.equal(html`<a href="/apps/${'a"b'}/">x</a>`.text, '<a href="/apps/a&#34;b/">x</a>')
})

test('attributes: true is a bare name, false and undefined leave nothing, handlers and addresses are refused', () => {
  assert.equal(
    html`<input${attributes({ name: 'a"b', required: true, hidden: false, id: undefined, rows: 3 })}>`.text,
    '<input name="a&#34;b" required rows="3">',
  )
  for (const name of ['onclick', 'href', 'src', 'a b', 'A', ''])
    assert.throws(() => attributes({ [name]: 'x' }), TypeError)
})

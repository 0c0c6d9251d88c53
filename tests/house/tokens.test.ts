import assert from 'node:assert/strict'
import { test } from 'node:test'
import { functionsOf } from './functions.ts'
import { importsOf } from './imports.ts'
import { lex, withoutComments } from './tokens.ts'
import { sourceFile } from './tree.ts'

function texts(code: string): readonly string[] {
  return lex(code).map(({ kind, text }) => `${kind} ${text}`)
}

test('strings, templates, comments and regular expressions are told from code', () => {
  assert.deepEqual(texts("a = 'b // c' // d"), ['word a', 'mark =', "string 'b // c'", 'comment // d'])
  assert.deepEqual(texts('x.replace(/[/`]/g, `}`)'), [
    'word x',
    'mark .',
    'word replace',
    'mark (',
    'regexp /[/`]/g',
    'mark ,',
    'template `}`',
    'mark )',
  ])
  assert.deepEqual(
    texts('a / b / c').filter((one) => one.startsWith('regexp')),
    [],
  )
})

test('code inside a template is code, also with braces and templates in it', () => {
  const code = '`a ${f({ b: `c ${d} e` })} { g` + h'
  assert.deepEqual(
    lex(code)
      .filter(({ kind }) => kind === 'template')
      .map(({ text }) => text),
    ['`a ${', '`c ${', '} e`', '} { g`'],
  )
  assert.deepEqual(
    lex(code)
      .filter(({ kind }) => kind === 'word')
      .map(({ text }) => text),
    ['f', 'b', 'd', 'h'],
  )
})

test('lines are counted through comments and templates', () => {
  const [last] = withoutComments(lex('/* 1\n2 */ `3\n\n5`\nlast')).slice(-1)
  assert.deepEqual(last, { kind: 'word', text: 'last', line: 5 })
})

function imports(code: string): readonly string[] {
  return importsOf(sourceFile('a.ts', code)).map(
    ({ specifier, typeOnly, names, line }) => `${line} ${specifier}${typeOnly ? ' type' : ''} ${names.join(' ')}`,
  )
}

test('imports are found in every form', () => {
  assert.deepEqual(imports("import a, { b as c, type D } from 'x'\nimport type { E } from './e.ts'"), [
    '1 x default b',
    '2 ./e.ts type ',
  ])
  assert.deepEqual(imports("import * as path from 'node:path'\nimport 'y'\nawait import('./z.ts')"), [
    '1 node:path *',
    '2 y ',
    '3 ./z.ts *',
  ])
  assert.deepEqual(
    imports("export { a, type B } from './b.ts'\nexport * from './c.ts'\nexport type { D } from './d.ts'"),
    ['1 ./b.ts a', '2 ./c.ts *', '3 ./d.ts type '],
  )
  assert.deepEqual(imports("readFile(new URL('./x.css', import.meta.resolve('y')))"), ['1 y *'])
})

test('what only looks like an import is none', () => {
  assert.deepEqual(imports("export const a = 'b'\nexport { a }\nconst c = 'd'"), [])
  assert.deepEqual(imports("// import 'a'\nconst b = `import 'c'`\nimport.meta.url"), [])
  assert.deepEqual(imports("export function f(from: string): void { g('x') }\nexport type T = 'a' | 'b'"), [])
})

function spans(code: string): readonly string[] {
  return functionsOf(lex(code)).map(({ name, line, lines }) => `${name} ${line}+${lines}`)
}

test('functions of every form are measured', () => {
  assert.deepEqual(spans('function a() {\n  return 1\n}'), ['a 1+3'])
  assert.deepEqual(spans('export async function* b<T>(x: { y: T }): AsyncGenerator<{ z: T }> {\n}'), ['b 1+2'])
  assert.deepEqual(spans('class C {\n  d(x = {}): void | { e: 1 } {\n\n  }\n}'), ['d 2+3'])
  assert.deepEqual(spans('const f = (): Promise<{ g: 1 }> => {\n}\nh()'), ['the arrow function near f 1+2'])
})

test('an arrow function without braces is as long as its expression', () => {
  assert.deepEqual(spans('const f = (a: string) =>\n  html`<p>\n${a}\n</p>`\nconst g = 1'), [
    'the arrow function near f 1+4',
  ])
  assert.deepEqual(spans('list\n  .map((a) =>\n    a\n      .b,\n  )\nc()'), ['an arrow function 2+3'])
})

test('calls, conditions and signatures are no functions', () => {
  assert.deepEqual(spans('if (a) {\n}\nfor (;;) {\n}\nb(c)\nd ? e(f) : { g: 1 }'), [])
  assert.deepEqual(spans('interface A {\n  b(c: string): void\n  d(): { e: 1 }\n}'), [])
  assert.deepEqual(spans('export function a(b: string): string\nexport function a(b: number): number\n'), [])
})

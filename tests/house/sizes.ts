/** Files fit a sitting, functions fit a screen. */
import { functionsOf } from './functions.ts'
import { isCode, isTest, type Problem, type SourceFile } from './tree.ts'

const longestFile = 400
const longestTest = 600
const longestFunction = 70

/** @param allowed files that may be longer, by path */
export function checkFileSizes(tree: readonly SourceFile[], allowed: ReadonlySet<string>): readonly Problem[] {
  return tree
    .filter(({ path: file }) => isCode(file) && !allowed.has(file))
    .flatMap(({ path: file, text }) => {
      const lines = text.split('\n').length - 1
      const most = isTest(file) ? longestTest : longestFile
      if (lines <= most) return []
      const mend = 'split it along the things that it decides, or name it in tests/house/exceptions.ts with the reason.'
      return [{ path: file, line: most + 1, rule: `${lines} lines; a file has at most ${most}`, mend }]
    })
}

/** @param allowed functions that may be longer, as `path name` */
export function checkFunctionSizes(tree: readonly SourceFile[], allowed: ReadonlySet<string>): readonly Problem[] {
  const mend = 'give a part of it a name of its own, or name it in tests/house/exceptions.ts with the reason.'
  return tree
    .filter(({ path: file }) => isCode(file) && !isTest(file))
    .flatMap(({ path: file, tokens }) =>
      functionsOf(tokens)
        .filter(({ name, lines }) => lines > longestFunction && !allowed.has(`${file} ${name}`))
        .map(({ name, line, lines }) => ({
          path: file,
          line,
          rule: `${name} has ${lines} lines; a function has at most ${longestFunction}`,
          mend,
        })),
    )
}

// How many lists are being sent as files at the same time: each reads as fast as its reader takes it, and a reader who stops taking
// loses the place. What is refused can be asked for again a little later.

export interface OpenFiles {
  /** The file for its reader, or undefined when too many are open, all in all or for this person. */
  open(person: number, file: AsyncIterable<string>): AsyncIterable<string> | undefined
}

export interface OpenFilesOptions {
  readonly most: number
  readonly mostOfOne: number
  /** How long a reader may take nothing. */
  readonly stallMs: number
}

export function createOpenFiles({ most, mostOfOne, stallMs }: OpenFilesOptions): OpenFiles {
  const open: number[] = []
  return {
    open(person, file) {
      if (open.length >= most || open.filter((one) => one === person).length >= mostOfOne) return undefined
      open.push(person)
      return watched(file, stallMs, () => open.splice(open.indexOf(person), 1))
    },
  }
}

/** @param leave is called once: at the end, when the reader goes away, when the making fails, or when nobody reads on */
function watched(file: AsyncIterable<string>, stallMs: number, leave: () => void): AsyncIterable<string> {
  const pieces = file[Symbol.asyncIterator]()
  let isOver = false
  let isStalled = false
  let timer: NodeJS.Timeout | undefined
  const finish = (): void => {
    clearTimeout(timer)
    if (!isOver) leave()
    isOver = true
  }
  const wait = (): void => {
    timer = setTimeout(() => {
      isStalled = true
      finish()
      void pieces.return?.()
    }, stallMs).unref()
  }
  wait()
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        clearTimeout(timer)
        // A file that was given up must not look like one that is whole.
        if (isStalled) throw new Error('Nobody took the file any further for too long.')
        try {
          const piece = await pieces.next()
          if (piece.done === true) finish()
          else wait()
          return piece
        } catch (error) {
          finish()
          throw error
        }
      },
      async return() {
        finish()
        await pieces.return?.()
        return { done: true, value: undefined }
      },
    }),
  }
}

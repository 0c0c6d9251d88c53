// What arrived in one turn of the event loop is handled together and answered together: first the code of all of them runs, then
// all of their answers are written. Each is then found in the processor's caches by the next, and a client that waits is
// woken once. docs/decisions/0015 has what this saves. Nothing waits for a timer: a request that comes alone is answered in the
// turn in which it came.

export interface Turn {
  /** Handles it with what arrived beside it. */
  handle(job: () => void): void
  /** Writes it with the other answers of this turn. */
  answer(job: () => void): void
}

/** Told of each turn that handles several: when the first begins, and when no code of theirs can run any more. */
export interface AroundTurn {
  begin(): void
  end(): void
}

/** So many are handled before anything is answered: who came first does not wait for a crowd. */
const mostTogether = 64
/** Below it, telling costs more than it saves. */
const fewestToTell = 4

export function createTurn(around?: AroundTurn): Turn {
  let arrived: (() => void)[] = []
  let answers: (() => void)[] = []
  /** How many turns are planned, each of which ends with the answers. */
  let planned = 0

  function handleAll(): void {
    const now = arrived.length > mostTogether ? arrived.splice(0, mostTogether) : arrived
    if (now === arrived) arrived = []
    else planTurn()
    if (now.length >= fewestToTell) around?.begin()
    for (const job of now) job()
  }

  function endTurn(): void {
    planned -= 1
    around?.end()
    answerAll()
  }

  function answerAll(): void {
    const now = answers
    answers = []
    for (const job of now) job()
  }

  // One after the other, with the promises between them settled, and no event of the loop.
  function planTurn(): void {
    planned += 1
    setImmediate(handleAll)
    setImmediate(endTurn)
  }

  return {
    handle: (job) => {
      if (arrived.push(job) === 1) planTurn()
    },
    answer: (job) => {
      // What became ready by another event, a commit for instance, is answered with what that event made ready beside it.
      if (answers.push(job) === 1 && planned === 0) setImmediate(answerAll)
    },
  }
}

// Where things stand in a chart: a scale that begins at zero and whose marks are numbers that people count in, and the places of
// columns and bars on it as percentages. Heckbert, "Nice Numbers for Graph Labels" (Graphics Gems, 1990).

export interface Scale {
  readonly top: number
  /** From zero to the top, evenly. */
  readonly marks: readonly number[]
}

const mostSteps = 4

/** The smallest scale of whole 1, 2 or 5 times a power of ten that holds the number in at most four steps. */
export function scaleFor(most: number): Scale {
  const step = stepFor(Math.max(1, most))
  const steps = Math.max(1, Math.ceil(Math.max(1, most) / step))
  return { top: steps * step, marks: Array.from({ length: steps + 1 }, (_, at) => at * step) }
}

function stepFor(most: number): number {
  for (let power = 1; ; power *= 10) {
    for (const digit of [1, 2, 5]) if (digit * power * mostSteps >= most) return digit * power
  }
}

/** One part of a stacked column or bar: where it begins and how long it is, in percent of the scale. */
export interface Part {
  readonly series: number
  readonly from: number
  readonly length: number
}

/** Parts one upon the other, without those that are nothing. */
export function stacked(values: readonly number[], top: number): readonly Part[] {
  let below = 0
  return values.flatMap((value, series) => {
    const part = { series, from: percent(below, top), length: percent(value, top) }
    below += value
    return value > 0 ? [part] : []
  })
}

export interface Slot {
  readonly from: number
  readonly length: number
  readonly middle: number
}

/** The place of one of so many columns; a third of it is the gap. */
export function slotOf(at: number, count: number): Slot {
  const whole = 100 / count
  return {
    from: rounded(at * whole + whole / 6),
    length: rounded((whole * 2) / 3),
    middle: rounded((at + 0.5) * whole),
  }
}

/** Which of so many columns get a label, so that a few stand evenly and the last one always does. */
export function isLabelled(at: number, count: number, every: number): boolean {
  return (count - 1 - at) % every === 0
}

function percent(value: number, top: number): number {
  return rounded((value / top) * 100)
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}

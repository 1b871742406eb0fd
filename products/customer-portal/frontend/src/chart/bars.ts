export interface Bar {
  x: number
  y: number
  width: number
  height: number
  centre: number
}
export interface BarChart {
  bars: Bar[]
  ticks: { value: number; y: number }[]
  labels: number[]
  step: number
}
interface Box {
  width: number
  height: number
  left: number
  top: number
  labelWidth: number
}

const share = 0.68

/**
 * Whole numbers from 0 to at least `top`, in steps of 1, 2 or 5 times a power of ten, three to five of them
 * above zero.
 */
export function ticksTo(top: number): number[] {
  const rough = Math.max(top, 1) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(1, ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power)
  return Array.from({ length: Math.ceil(Math.max(top, 1) / step) + 1 }, (_, index) => index * step)
}

/**
 * Bars from zero on round ticks in a box; a value above zero is at least a pixel high. `labels`: the bars
 * that have room for a date below them.
 */
export function barChart(values: readonly number[], box: Box): BarChart {
  const ticks = ticksTo(Math.max(0, ...values))
  const top = ticks.at(-1) ?? 1
  const step = (box.width - box.left) / Math.max(1, values.length)
  const width = step * share
  const y = (value: number) => box.height - (value / top) * (box.height - box.top)
  const every = Math.max(1, Math.ceil(box.labelWidth / step))
  return {
    step,
    bars: values.map((value, index) => {
      const height = value > 0 ? Math.max(1, box.height - y(value)) : 0
      const centre = box.left + step * (index + 0.5)
      return { x: centre - width / 2, y: box.height - height, width, height, centre }
    }),
    ticks: ticks.map((value) => ({ value, y: y(value) })),
    labels: values.map((_, index) => index).filter((index) => index % every === 0),
  }
}

/** A bar with its two upper corners rounded, as an SVG path. */
export function barPath(bar: Bar): string {
  const radius = Math.min(3, bar.width / 2, bar.height)
  const right = bar.x + bar.width
  const bottom = bar.y + bar.height
  return (
    `M${bar.x},${bottom}V${bar.y + radius}q0,${-radius} `
    + `${radius},${-radius}H${right - radius}q${radius},0 ${radius},${radius}V${bottom}Z`
  )
}

import { barChart, type Bar, type BarChart } from './bars.ts'

export interface Segment {
  series: number
  x: number
  y: number
  width: number
  height: number
  isTop: boolean
}
export interface StackChart extends Omit<BarChart, 'bars'> {
  bars: (Bar & { segments: Segment[] })[]
}

/**
 * Bars that are stacked of several series, the first at the bottom. What is below zero has no height: a fee
 * that a day takes back is said, not drawn.
 */
export function stackChart(
  series: readonly (readonly number[])[],
  count: number,
  box: Parameters<typeof barChart>[1],
): StackChart {
  const drawn = (value: number | undefined) => Math.max(0, value ?? 0)
  const totals = Array.from({ length: count }, (_, index) =>
    series.reduce((sum, values) => sum + drawn(values[index]), 0),
  )
  const chart = barChart(totals, box)
  return {
    ...chart,
    bars: chart.bars.map((bar, index) => ({
      ...bar,
      segments: segmentsOf(
        bar,
        series.map((values) => drawn(values[index])),
        totals[index] ?? 0,
      ),
    })),
  }
}

function segmentsOf(bar: Bar, values: readonly number[], total: number): Segment[] {
  let bottom = bar.y + bar.height
  const segments = values.flatMap((value, series): Segment[] => {
    if (value === 0) return []
    const height = (value / total) * bar.height
    bottom -= height
    return [{ series, x: bar.x, y: bottom, width: bar.width, height, isTop: false }]
  })
  const top = segments.at(-1)
  if (top) top.isTop = true
  return segments
}

/**
 * Moves labels apart so that none is nearer to the next than `gap`, none above `top` or below `bottom`, their
 * order kept.
 */
export function allocate(places: readonly number[], gap: number, top: number, bottom: number): number[] {
  const order = places.map((y, index) => ({ y, index })).sort((one, other) => one.y - other.y)
  let free = top
  for (const place of order) {
    place.y = Math.max(place.y, free)
    free = place.y + gap
  }
  let limit = bottom
  for (const place of [...order].reverse()) {
    place.y = Math.min(place.y, limit)
    limit = place.y - gap
  }
  return order.sort((one, other) => one.index - other.index).map(({ y }) => y)
}

import { expect, test } from 'vitest'
import { barChart, barPath, ticksTo } from './bars.ts'
import { sparkline } from './sparkline.ts'

const box = { width: 330, height: 200, left: 30, top: 0, labelWidth: 40 }

test('ticks are round whole numbers that reach the highest value', () => {
  expect(ticksTo(1273)).toEqual([0, 500, 1000, 1500])
  expect(ticksTo(7)).toEqual([0, 2, 4, 6, 8])
  expect(ticksTo(0)).toEqual([0, 1])
  for (const top of [1, 3, 9, 10, 11, 99, 4_294_967_296]) {
    const ticks = ticksTo(top)
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(top)
    expect(ticks.length).toBeLessThanOrEqual(6)
    expect(ticks.every(Number.isInteger)).toBe(true)
  }
})

test('bars stand side by side inside the box, as high as their share', () => {
  const { bars, ticks } = barChart([0, 500, 1000], box)
  expect(bars.map((bar) => bar.height)).toEqual([0, 100, 200])
  expect(
    bars.every(
      (bar) => bar.x >= box.left && bar.x + bar.width <= box.width && bar.y + bar.height === box.height,
    ),
  ).toBe(true)
  expect(ticks[0]).toEqual({ value: 0, y: 200 })
})

test('a small value next to a large one can still be seen', () => {
  expect(barChart([1, 1_000_000], box).bars[0]?.height).toBe(1)
})

test('dates are left out where they would overlap', () => {
  const { labels, step } = barChart(
    Array.from({ length: 30 }, () => 1),
    box,
  )
  expect((labels[1] ?? 0) * step).toBeGreaterThanOrEqual(box.labelWidth)
})

test('a bar lower than its rounding is drawn all the same', () => {
  expect(barPath({ x: 0, y: 199, width: 10, height: 1, centre: 5 })).toBe(
    'M0,200V200q0,-1 1,-1H9q1,0 1,1V200Z',
  )
})

test('a sparkline runs over the whole width, higher values higher', () => {
  expect(sparkline([0, 2, 1], 100, 20).line).toBe('M0,19L50,2L100,10.5')
  expect(sparkline([], 100, 20)).toEqual({ line: '', area: '' })
})

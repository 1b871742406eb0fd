import { expect, test } from 'vitest'
import { allocate, stackChart } from './stacks.ts'

const box = { width: 330, height: 200, left: 30, top: 0, labelWidth: 40 }

test('the parts of a bar stand on each other and are as high as their sum', () => {
  const { bars } = stackChart(
    [
      [300, 0, 500],
      [100, 200, 500],
      [100, 0, 0],
    ],
    3,
    box,
  )
  expect(bars.map((bar) => bar.height)).toEqual([100, 40, 200])
  expect(bars[0]!.segments.map(({ series, y, height, isTop }) => ({ series, y, height, isTop }))).toEqual([
    { series: 0, y: 140, height: 60, isTop: false },
    { series: 1, y: 120, height: 20, isTop: false },
    { series: 2, y: 100, height: 20, isTop: true },
  ])
  expect(bars[1]!.segments.map(({ series, isTop }) => [series, isTop])).toEqual([[1, true]])
})

test('a fee that a day takes back has no bar', () => {
  const [bar] = stackChart([[-150], [0]], 1, box).bars
  expect([bar!.height, bar!.segments]).toEqual([0, []])
})

test('labels that would lie on each other are moved apart, inside the picture', () => {
  expect(allocate([100, 104, 20], 16, 0, 200)).toEqual([100, 116, 20])
  expect(allocate([198, 199], 16, 0, 200)).toEqual([184, 200])
  expect(allocate([], 16, 0, 200)).toEqual([])
})

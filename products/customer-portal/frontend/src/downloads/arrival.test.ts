import { expect, test } from 'vitest'
import { arrive, fileName, percentArrived, type Arrival } from './arrival.ts'

const bodyOf = (...pieces: (string | Error)[]) =>
  new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces.shift()
      if (piece === undefined) controller.close()
      else if (piece instanceof Error) controller.error(piece)
      else controller.enqueue(new TextEncoder().encode(piece))
    },
  })

test('a file arrives completely, and reports its progress', async () => {
  const told: Arrival[] = []
  const blob = await arrive(
    bodyOf('\uFEFF时间,数量\r\n', 'a,1\r\nb,2\r\nc', ',3\r\n'),
    'text/csv',
    (arrival) => told.push(arrival),
  )
  expect(Buffer.from(await blob.arrayBuffer()).toString()).toBe('\uFEFF时间,数量\r\na,1\r\nb,2\r\nc,3\r\n')
  expect([blob.type, told]).toEqual([
    'text/csv',
    [
      { bytes: 18, lines: 1 },
      { bytes: 29, lines: 3 },
      { bytes: 33, lines: 4 },
    ],
  ])
})

test('a download that breaks off throws', async () => {
  await expect(arrive(bodyOf('a\r\n', new Error('gone')), 'text/csv', () => undefined)).rejects.toThrow()
})

test('a file gets the name from the server', () => {
  expect(
    fileName(`attachment; filename="usage.csv"; filename*=UTF-8''${encodeURIComponent('用量.csv')}`),
  ).toBe('用量.csv')
  expect([
    fileName('attachment; filename="usage.csv"'),
    fileName('attachment; filename="u.csv"; filename*=UTF-8\'\'%E7'),
    fileName(null),
  ]).toEqual(['usage.csv', 'u.csv', undefined])
})

test('progress does not reach 100 % before the end', () => {
  const after = (lines: number, rows: number | undefined) => percentArrived({ bytes: 0, lines }, rows)
  expect([
    after(0, 10),
    after(1, 10),
    after(6, 10),
    after(11, 10),
    after(12, 10),
    after(5, 0),
    after(5, undefined),
  ]).toEqual([0, 0, 50, 99, 99, undefined, undefined])
})

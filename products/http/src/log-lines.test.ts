import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { logLines } from './log-lines.ts'

test('the lines of one turn leave together, in their order, and those of the next after them', async () => {
  const written: string[] = []
  const log = logLines((text) => written.push(text))
  log.write('a\n')
  log.write('b\n')
  expect(written).toEqual([])
  await turn()
  log.write('c\n')
  await turn()
  expect(written).toEqual(['a\nb\n', 'c\n'])
})

test('what waits when the process ends is written once', async () => {
  const written: string[] = []
  const log = logLines((text) => written.push(text))
  log.write('last\n')
  log.flush()
  await turn()
  expect(written).toEqual(['last\n'])
})

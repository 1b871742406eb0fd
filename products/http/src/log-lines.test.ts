import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { logLines } from './log-lines.ts'

test('the lines of one turn are written together in order, those of the next turn after them', async () => {
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

test('pending lines are written once when the process ends', async () => {
  const written: string[] = []
  const log = logLines((text) => written.push(text))
  log.write('last\n')
  log.flush()
  await turn()
  expect(written).toEqual(['last\n'])
})

import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { inProject } from './project.mjs'
import { longest, longestFirst } from './test-order.ts'

test('the files that take longest begin first, and the others keep their order', () => {
  const files = [
    '/clone/b.test.ts',
    '/clone/e2e/pages.test.ts',
    '/clone/a.test.ts',
    '/clone/e2e/customers.test.ts',
  ]
  expect(longestFirst(files, (file) => file)).toEqual([
    '/clone/e2e/customers.test.ts',
    '/clone/e2e/pages.test.ts',
    '/clone/b.test.ts',
    '/clone/a.test.ts',
  ])
})

test('every file that begins first exists', () => {
  expect(longest.filter((name) => !existsSync(inProject(`${name}.test.ts`)))).toEqual([])
})

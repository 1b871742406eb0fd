import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { vendorApi } from '../../../scripts/sdk-types/document.ts'
import { typesOf } from '../../../scripts/sdk-types/types.ts'
import { operations, type Operations } from './api.ts'
import { nouns } from './client.ts'
import type { Caller } from './operation.ts'
import type { UsageRecorder } from './usage-recorder.ts'

test("the types match the server's own description (otherwise: npm run sdk-types)", async () => {
  expect(readFileSync(new URL('api.ts', import.meta.url), 'utf8')).toBe(await typesOf(await vendorApi()))
})

test('every operation of the API has one method, returning the kind of its answer', () => {
  const made: string[] = []
  const kinds: Record<keyof Caller, string[]> = {
    one: ['json', 'bytes', 'nothing'],
    list: ['list'],
    pages: ['page'],
  }
  const caller = Object.fromEntries(
    Object.entries(kinds).map(([kind, answers]) => [
      kind,
      (operation: keyof Operations) => {
        made.push(operation)
        expect(answers, operation).toContain(operations[operation].answer)
        return async () => undefined
      },
    ]),
  ) as unknown as Caller
  nouns(caller, { record: async () => '', flush: async () => 0 } as unknown as UsageRecorder)
  expect(made.sort()).toEqual(Object.keys(operations).sort())
})

test('the document names the method of each operation', async () => {
  const named: Record<string, string> = {}
  const caller = new Proxy({}, { get: () => (operation: string) => operation }) as unknown as Caller
  const walk = (methods: object, path: string[]) => {
    for (const [name, method] of Object.entries(methods)) {
      if (typeof method === 'string') named[method] = [...path, name].join('.')
      else if (typeof method === 'object') walk(method as object, [...path, name])
    }
  }
  walk(nouns(caller, { record: async () => '', flush: async () => 0 } as unknown as UsageRecorder), [])
  const { paths } = await vendorApi()
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [
      `${method.toUpperCase()} ${path.slice('/api/billing'.length)}`,
      operation['x-sdk-method'],
    ]),
  )
  expect(Object.fromEntries(described)).toEqual(named)
})

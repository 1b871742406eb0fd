import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../../../', import.meta.url)
const source = readFileSync(new URL('index.ts', import.meta.url), 'utf8')
const own = [...source.matchAll(/^export const (\w+)/gm)].map(([, name]) => name!)
const passedOn = [...source.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list]) =>
  list!
    .split(',')
    .map((name) => name.trim().replace(/^type /, ''))
    .filter(Boolean),
)

/** What the programs are made of: not their tests, nor what tests share. */
function programs(): string {
  return ['products', 'backend/src', 'scripts']
    .flatMap((folder) =>
      readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts') && !/node_modules|dist\/|\.test\.ts$|testing/.test(path))
        .map((path) => readFileSync(new URL(`${folder}/${path}`, root), 'utf8')),
    )
    .flatMap((text) =>
      [...text.matchAll(/\{([^}]*)\} from '@customer-portal\/billing'/g)].map(([, names]) => names),
    )
    .join(',')
}

test('the engine has at most 162 public names, each of which it names itself', () => {
  expect(source).not.toMatch(/export \*/)
  expect(new Set([...own, ...passedOn]).size).toBe(own.length + passedOn.length)
  expect(own.length + passedOn.length).toBeLessThanOrEqual(162)
})

test('each public name is used by a product, and the services hold the plan’s functions', () => {
  const used = new Set(programs().match(/\w+/g))
  expect(passedOn.filter((name) => !used.has(name))).toEqual([])
  expect(own.filter((name) => !used.has(name))).toEqual([
    'PlanService',
    'SubscriptionService',
    'UsageService',
    'InvoiceService',
  ])
})

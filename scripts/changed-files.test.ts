import { expect, test } from 'vitest'
import { changesIn, selection } from './changed-files.mjs'

const nothing = { lint: [], types: false, layers: false, views: [] }
const namesOf = (present: string[], gone: string[] = []) => {
  const { views, ...rest } = selection({ present, gone })
  return { ...rest, views: views.map(({ name }) => name) }
}

test('files that git reports as changed, staged or untracked are present, deleted ones are gone', () => {
  const listing = 'M\0services/billing/src/plan.ts\0D\0scripts/old.mjs\0A\0docs/a file.md\0'
  expect(changesIn(listing, 'scripts/new.mjs\0')).toEqual({
    present: ['services/billing/src/plan.ts', 'docs/a file.md', 'scripts/new.mjs'],
    gone: ['scripts/old.mjs'],
  })
  expect(changesIn('')).toEqual({ present: [], gone: [] })
})

test('a change of texts alone needs neither types nor lint nor layers', () => {
  expect(
    namesOf(['README.md', 'docs/images/invoice.png', 'services/billing/migrations/0001_first.sql']),
  ).toEqual(nothing)
})

test('a changed source is linted, and types and layers are checked everywhere, because others may import it', () => {
  expect(namesOf(['backend/src/app.ts', 'README.md'])).toEqual({
    lint: ['backend/src/app.ts'],
    types: true,
    layers: true,
    views: [],
  })
})

test('a deleted file is not linted, but types and layers are checked', () => {
  expect(namesOf([], ['backend/src/app.ts'])).toEqual({ lint: [], types: true, layers: true, views: [] })
})

test('the views of a front end are checked when it changed, or when its types depend on the change', () => {
  expect(namesOf(['agent-workbench/src/desk/Reply.vue']).views).toEqual(['workbench'])
  expect(namesOf(['products/customer-portal/frontend/src/usage/chart.test.ts']).views).toEqual(['portal'])
  expect(namesOf(['products/http/src/resources.ts']).views).toEqual(['portal', 'workbench'])
  expect(namesOf(['services/billing/src/plan.test.ts', 'bench/main.ts']).views).toEqual([])
})

test('a changed setting checks all types and layers, and every front end', () => {
  for (const file of ['tsconfig.json', 'package-lock.json', 'products/http/package.json']) {
    expect(namesOf([file])).toEqual({ lint: [], types: true, layers: true, views: ['portal', 'workbench'] })
  }
  expect(namesOf(['.dependency-cruiser.cjs'])).toMatchObject({
    lint: ['.dependency-cruiser.cjs'],
    layers: true,
  })
})

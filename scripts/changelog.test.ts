import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { notesOf, versionsIn } from './changelog.mjs'
import { inProject } from './project.mjs'

const changelog = `# Changelog

## Unreleased

### Added
- Webhooks.

## [1.1.0] - 2027-03-01
### Fixed
- A renewal on 29 February.

## 1.0.0 - 2027-01-31

First release.

[1.1.0]: https://example.com/compare/1.0.0...1.1.0
`

test('the notes of a version are its section, whichever way its heading is written', () => {
  expect(versionsIn(changelog)).toEqual(['Unreleased', '1.1.0', '1.0.0'])
  expect(notesOf(changelog, 'unreleased')).toBe('### Added\n- Webhooks.')
  expect(notesOf(changelog, '1.1.0')).toBe('### Fixed\n- A renewal on 29 February.')
  expect(notesOf(changelog, '1.0.0')).toBe('First release.')
})

test('a version without a section has no notes', () => {
  expect(notesOf(changelog, '1.0')).toBeUndefined()
  expect(notesOf('# Changelog\n', '1.0.0')).toBeUndefined()
})

test('the changelog of this project has notes for the unreleased version', () => {
  expect(notesOf(readFileSync(inProject('CHANGELOG.md'), 'utf8'), 'Unreleased')).toContain('### Added')
})

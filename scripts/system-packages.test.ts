import { expect, test } from 'vitest'
import { commandLine, installCommands, mayInstall } from './system-packages.mjs'

const debian = { manager: 'apt-get', root: false, inCi: false, quietSudo: false } as const
const mac = { manager: 'brew', root: false, inCi: false, quietSudo: false } as const
const other = { manager: undefined, root: false, inCi: false, quietSudo: false } as const

test("packages are installed without asking as root and in CI, never on a developer's machine", () => {
  expect(mayInstall({ ...debian, root: true })).toBe(true)
  expect(mayInstall({ ...debian, inCi: true, quietSudo: true })).toBe(true)
  expect(mayInstall({ ...mac, inCi: true })).toBe(true)
  expect(mayInstall({ ...debian, quietSudo: true })).toBe(false)
  expect(mayInstall({ ...debian, inCi: true })).toBe(false)
  expect(mayInstall({ ...other, root: true, inCi: true })).toBe(false)
})

test('root installs directly, CI with a sudo that never asks', () => {
  const [, install] = installCommands(['postgresql'], { ...debian, root: true })
  expect(install).toEqual(['apt-get', 'install', '-y', '--no-install-recommends', 'postgresql'])
  expect(
    installCommands(['postgresql'], { ...debian, inCi: true }).map((command) => command.slice(0, 3)),
  ).toEqual([
    ['sudo', '-n', 'apt-get'],
    ['sudo', '-n', 'apt-get'],
  ])
})

test('a developer gets one command that installs everything that is missing', () => {
  expect(commandLine(['postgresql', 'chromium'], debian)).toBe(
    'sudo apt-get update && sudo apt-get install -y --no-install-recommends postgresql chromium',
  )
  expect(commandLine(['postgresql', 'poppler-utils', 'chromium'], mac)).toBe(
    'brew install postgresql@17 poppler && npx playwright-core install chromium',
  )
  expect(commandLine(['chromium', 'fontconfig'], mac)).toBe('npx playwright-core install chromium')
  expect(commandLine(['chromium'], other)).toBe('npx playwright-core install chromium')
  expect(commandLine(['postgresql'], other)).toBe('')
  expect(commandLine([], debian)).toBe('')
})

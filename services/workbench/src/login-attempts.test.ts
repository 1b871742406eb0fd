import { expect, test } from 'vitest'
import { createLoginAttempts } from './login-attempts.ts'

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 22, 9, minutes)).toISOString()
const attempt = (email: string, address: string, minutes = 0) => ({ email, address, now: at(minutes) })

test('after five failures an e-mail waits fifteen minutes at that address, and its owner can log in elsewhere', () => {
  const attempts = createLoginAttempts()
  for (let i = 0; i < 5; i += 1) {
    expect(attempts.secondsToWait(attempt('a@example.com', '10.0.0.1'))).toBe(0)
    attempts.begin(attempt('A@example.com ', '10.0.0.1'))
  }
  expect(attempts.secondsToWait(attempt('a@example.com', '10.0.0.1'))).toBe(900)
  expect(attempts.secondsToWait(attempt('a@example.com', '10.0.0.1', 14))).toBe(60)
  expect(attempts.secondsToWait(attempt('a@example.com', '10.0.0.1', 15))).toBe(0)
  expect(attempts.secondsToWait(attempt('a@example.com', '10.9.9.9'))).toBe(0)
})

test('guesses at one e-mail from many addresses are limited to twenty in total', () => {
  const attempts = createLoginAttempts()
  for (let i = 0; i < 20; i += 1) attempts.begin(attempt('a@example.com', `10.0.0.${i}`))
  expect(attempts.secondsToWait(attempt('a@example.com', '10.9.9.9'))).toBe(900)
})

test('an address that tries many e-mails has to wait, and its own success does not reset that', () => {
  const attempts = createLoginAttempts()
  for (let i = 0; i < 30; i += 1) attempts.begin(attempt(`${i}@example.com`, '10.0.0.1'))
  attempts.begin(attempt('mine@example.com', '10.0.0.1'))
  attempts.succeeded(attempt('mine@example.com', '10.0.0.1'))
  expect(attempts.secondsToWait(attempt('new@example.com', '10.0.0.1', 1))).toBe(840)
  expect(attempts.secondsToWait(attempt('new@example.com', '10.0.0.2', 1))).toBe(0)
})

test('a hundred agents behind one office address can all log in in the morning', () => {
  const attempts = createLoginAttempts()
  for (let i = 0; i < 100; i += 1) {
    expect(attempts.secondsToWait(attempt(`${i}@example.com`, '10.0.0.1'))).toBe(0)
    attempts.begin(attempt(`${i}@example.com`, '10.0.0.1'))
    attempts.succeeded(attempt(`${i}@example.com`, '10.0.0.1'))
  }
})

test('the right password resets the failures before it', () => {
  const attempts = createLoginAttempts()
  for (let i = 0; i < 4; i += 1) attempts.begin(attempt('a@example.com', 'x'))
  attempts.succeeded(attempt('a@example.com', 'x'))
  attempts.begin(attempt('a@example.com', 'x'))
  expect(attempts.secondsToWait(attempt('a@example.com', 'x'))).toBe(0)
})

test('at most the limit of keys is kept in memory', () => {
  const attempts = createLoginAttempts({ limit: 10 })
  for (let i = 0; i < 5; i += 1) attempts.begin(attempt('old@example.com', 'x'))
  for (let i = 0; i < 20; i += 1) attempts.begin(attempt(`${i}@example.com`, `${i}`, 1))
  expect(attempts.secondsToWait(attempt('old@example.com', 'x', 1))).toBe(0)
})

import { randomBytes } from 'node:crypto'

const letters = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * Makes ids such as `inv_01k…`: ten letters of time, then sixteen random ones, so that they ascend with the
 * time of `now` and cannot be guessed.
 */
export function idMaker(now: () => string): (prefix: string) => string {
  return (prefix) => `${prefix}_${timeLetters(Date.parse(now()))}${chanceLetters()}`
}

function timeLetters(milliseconds: number): string {
  let text = ''
  for (let rest = milliseconds, place = 0; place < 10; place += 1, rest = Math.floor(rest / 32))
    text = letters.charAt(rest % 32) + text
  return text
}

function chanceLetters(): string {
  return Array.from(randomBytes(16), (byte) => letters.charAt(byte % 32)).join('')
}

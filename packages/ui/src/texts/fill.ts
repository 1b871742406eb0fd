import { isolated } from './isolated.ts'

export type Values = Record<string, string | number>

/**
 * Puts values into a text's {places}. "one | many" takes the second form unless the count is 1. Between
 * Chinese of the text and a Latin letter or a digit of the value comes a space, as Chinese is set: whoever
 * writes the text does not know the names of plans and meters.
 */
export function fill(text: string, values: Values, count?: number): string {
  const [one = '', many = one] = text.split(' | ')
  return (count === 1 ? one : many).replace(
    /\{(\w+)\}/g,
    (place, name: string, at: number, whole: string) => {
      const value = String(values[name] ?? place)
      const before = isChinese(whole[at - 1]) && isWestern(value[0]) ? ' ' : ''
      const after = isWestern(value.at(-1)) && isChinese(whole[at + place.length]) ? ' ' : ''
      return before + isolated(value) + after
    },
  )
}

const isChinese = (letter: string | undefined) => letter !== undefined && /\p{Script=Han}/u.test(letter)
const isWestern = (letter: string | undefined) => letter !== undefined && /[a-z\d]/i.test(letter)

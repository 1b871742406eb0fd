export type Values = Record<string, string | number>

/** Puts values into a text's {places}. "one | many" takes the second form unless the count is 1. */
export function fill(text: string, values: Values, count?: number): string {
  const [one = '', many = one] = text.split(' | ')
  return (count === 1 ? one : many).replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))
}

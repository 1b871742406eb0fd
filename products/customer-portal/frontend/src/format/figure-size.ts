/**
 * The size in which a sum stands large in a card: a long one smaller, so that it keeps all its digits and
 * stays in its box.
 */
export function figureSize(text: string): string {
  if (text.length <= 11) return 'text-2xl leading-8'
  return text.length <= 15 ? 'text-xl leading-8' : 'text-base leading-8'
}

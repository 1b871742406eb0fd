/**
 * The font size class of a large amount in a card: smaller for a long one, so that it fits with all its
 * digits.
 */
export function figureSize(text: string): string {
  if (text.length <= 11) return 'text-2xl leading-8'
  return text.length <= 15 ? 'text-xl leading-8' : 'text-base leading-8'
}

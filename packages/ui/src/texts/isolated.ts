/**
 * Wraps a value that contains right-to-left letters in isolating controls, so that it does not reorder the
 * text and amounts beside it.
 */
export const isolated = (value: string) =>
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u.test(value)
    ? `\u2068${value}\u2069`
    : value

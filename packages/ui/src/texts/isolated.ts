/**
 * A value with letters that are written from right to left, between the controls that keep it from turning
 * round the text and the amounts beside it.
 */
export const isolated = (value: string) =>
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u.test(value)
    ? `\u2068${value}\u2069`
    : value

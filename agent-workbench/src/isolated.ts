/**
 * A name for a sentence: one with letters that are written from right to left stands between the controls
 * that keep it from turning round the words beside it.
 */
export const isolated = (name: string) =>
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u.test(name)
    ? `\u2068${name}\u2069`
    : name

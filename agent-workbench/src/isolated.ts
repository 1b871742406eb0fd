/**
 * A name inside a sentence: one with right-to-left letters is wrapped in isolating controls, which keep it
 * from reordering the words beside it.
 */
export const isolated = (name: string) =>
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u.test(name)
    ? `\u2068${name}\u2069`
    : name

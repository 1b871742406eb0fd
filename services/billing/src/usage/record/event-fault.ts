/**
 * A fault of an event itself. The detail of the rejection explains it to the sender; other readers get it in
 * their language by parsing that detail, so each text stands next to its pattern.
 */
export type EventFault =
  | { kind: 'property_missing' | 'property_no_number'; property: string }
  | { kind: 'quantity_missing' | 'properties_too_long' | 'text_unreadable' | 'time' | 'unknown' }
  /** A fault of the event's shape: `field` is the first wrong one. */
  | { kind: 'field'; field: string }

export const uniqueMissing = (meter: string, property: string) =>
  `meter '${meter}' counts the different values of property '${property}', which the event does not have`
export const valueNoNumber = (meter: string, property: string) =>
  `meter '${meter}' counts property '${property}', which is no number in the event`
export const valueMissing = (meter: string, property: string) =>
  `meter '${meter}' counts property '${property}', which the event does not have, `
  + 'and it has no quantity either'
export const quantityMissing = (meter: string, more: string) =>
  `meter '${meter}' counts quantities, and the event has none: ${more}`
export const propertiesTooLong = (most: number) => `properties take more than ${most} bytes`
export const textUnreadable = 'the event holds a NUL character or half of a surrogate pair'
export const timeUnreadable = (text: string) => `time '${text}' is not an RFC 3339 instant`

const readers: readonly [RegExp, (found: string) => EventFault][] = [
  [
    /^meter '.*' counts (?:the different values of )?property '(.*)', which the event does not have(?:, and it has no quantity either)?$/s,
    (property) => ({ kind: 'property_missing', property }),
  ],
  [
    /^meter '.*' counts property '(.*)', which is no number in the event$/s,
    (property) => ({ kind: 'property_no_number', property }),
  ],
  [/^meter '.*' counts quantities, and the event has none: /s, () => ({ kind: 'quantity_missing' })],
  [/^properties take more than \d+ bytes$/, () => ({ kind: 'properties_too_long' })],
  [/^the event holds a NUL character or half of a surrogate pair$/, () => ({ kind: 'text_unreadable' })],
  [/^time '.*' is not an RFC 3339 instant$/s, () => ({ kind: 'time' })],
  // The shape's error starts with a pointer, whatever the language of the rest.
  [/^\/(\w*)/, (field) => ({ kind: 'field', field })],
]

/** Returns the fault that the detail of a rejection describes. */
export function faultIn(detail: string): EventFault {
  for (const [pattern, fault] of readers) {
    const found = pattern.exec(detail)
    if (found) return fault(found[1] ?? '')
  }
  return { kind: 'unknown' }
}

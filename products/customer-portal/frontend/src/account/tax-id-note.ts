import { isTaxId, normalizeTaxId, strangerIn } from './tax-id.ts'

export type TaxIdNote =
  | { key: 'taxIdLength' | 'taxIdLong'; n: number }
  | { key: 'taxIdStranger'; character: string }
  | { key: 'taxIdWrong' | 'taxIdRight' }
  | undefined

/** The message about a 统一社会信用代码 while it is typed; none while the field is empty. */
export function taxIdNote(text: string): TaxIdNote {
  const code = normalizeTaxId(text)
  if (code === '') return undefined
  const character = strangerIn(code)
  if (character) return { key: 'taxIdStranger', character }
  if (code.length < 18) return { key: 'taxIdLength', n: 18 - code.length }
  if (code.length > 18) return { key: 'taxIdLong', n: code.length - 18 }
  return { key: isTaxId(code) ? 'taxIdRight' : 'taxIdWrong' }
}

/** Whether the message prevents saving. */
export const isTaxIdRefused = (note: TaxIdNote) => note !== undefined && note.key !== 'taxIdRight'

import type { Account } from '@customer-portal/portal-api/contract'
import { isOver, sessionState } from '../session.ts'
import { storedHere, storeHere } from '../storage.ts'

/**
 * The input of a form when its session ended, for the same customer's next session: in this page, and in a
 * standalone portal in its tab.
 */
interface Draft {
  customerId: string
  values: Record<string, string>
  began: Account
}

const drafts = new Map<string, Draft>(JSON.parse(storedHere('drafts') ?? '[]') as [string, Draft][])

function keep() {
  storeHere('drafts', drafts.size === 0 ? null : JSON.stringify([...drafts]))
}

/** Stores the input of a form that is closed because the session ended. Signing out deletes it. */
export function keepDraft(form: string, draft: Draft) {
  if (!isOver(sessionState.value) || sessionState.value === 'left') return
  drafts.set(form, draft)
  keep()
}

/** Returns a form's draft for this customer, once. */
export function takeDraft(form: string, customerId: string): Draft | undefined {
  const draft = drafts.get(form)
  if (!draft) return undefined
  drafts.delete(form)
  keep()
  return draft.customerId === customerId ? draft : undefined
}

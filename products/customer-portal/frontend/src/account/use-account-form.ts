import type { Account, AccountUpdate } from '@customer-portal/portal-api/contract'
import { ApiError } from '@customer-portal/ui/api-error.ts'
import { toast } from '@customer-portal/ui/toasts.ts'
import { computed, nextTick, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { api } from '../api.ts'
import { sendCommand } from '../send-command.ts'
import { locale } from '../preferences.ts'
import { queryClient } from '../queries.ts'
import { reads } from '../reads.ts'
import { useTexts } from '../texts/index.ts'
import { keepDraft, takeDraft } from './drafts.ts'
import { unsaved } from './unsaved.ts'

type Change = Omit<AccountUpdate, 'version'>

/** A JSON pointer without its first slash: `/invoiceTitle/taxId` becomes `invoiceTitle/taxId`. */
const fieldOf = (pointer: string) => pointer.replace(/^\//, '')

/**
 * One card of the account page: its input, its errors, and saving. `read` takes the values from the account;
 * `write` makes the update from them and from the account as it was when editing began.
 */
export function useAccountForm<Values extends Record<string, string>>(
  /** The form's name, under which its draft outlives the session. */
  name: string,
  account: () => Account,
  read: (account: Account) => Values,
  write: (values: Values, began: Account) => Change,
  /** Whether a save can be undone by saving the previous values. */
  { undoable = false }: { undoable?: boolean } = {},
) {
  const { t } = useTexts()
  const editing = ref(false)
  // The account may be reloaded while the form is open; the input belongs to the one it began with.
  const began = shallowRef(account())
  const values = ref(read(began.value)) as Ref<Values>
  const errors = ref<Record<string, string>>({})
  const failure = ref<unknown>()
  const stale = ref(false)
  const saving = ref(false)
  const form = ref<HTMLElement | null>(null)
  let submit = { body: '', key: '' }

  const dirty = computed(
    () => editing.value && JSON.stringify(values.value) !== JSON.stringify(read(began.value)),
  )
  const guard = Symbol('form')
  watch(dirty, (now) => {
    if (now) unsaved.add(guard)
    else unsaved.delete(guard)
  })
  onScopeDispose(() => {
    unsaved.delete(guard)
    if (dirty.value)
      keepDraft(name, { customerId: began.value.customerId, values: values.value, began: began.value })
  })
  const draft = takeDraft(name, began.value.customerId)
  if (draft) {
    began.value = draft.began
    values.value = draft.values as Values
    editing.value = true
  }

  /**
   * The idempotency key of a submit: the same for a retry, so that it takes effect once; another one for
   * other content.
   */
  function keyFor(update: AccountUpdate): string {
    const body = JSON.stringify(update)
    if (body !== submit.body) submit = { body, key: crypto.randomUUID() }
    return submit.key
  }

  function edit() {
    began.value = account()
    submit = { body: '', key: '' }
    values.value = read(began.value)
    errors.value = {}
    failure.value = undefined
    stale.value = false
    editing.value = true
    void nextTick(() => form.value?.querySelector<HTMLElement>('input, select, textarea')?.focus())
  }
  const cancel = () => {
    editing.value = false
  }

  async function refuse(error: unknown) {
    if (error instanceof ApiError && error.problem?.code === 'stale_version') {
      stale.value = true
      return
    }
    const found = error instanceof ApiError ? (error.problem?.errors ?? []) : []
    errors.value = Object.fromEntries(found.map((each) => [fieldOf(each.pointer), each.detail]))
    if (found.length === 0) failure.value = error
    await nextTick()
    form.value?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }

  /** `problems`: errors the page itself found; nothing is sent then. */
  async function save(problems: Record<string, string> = {}) {
    if (saving.value) return
    failure.value = undefined
    errors.value = problems
    if (Object.keys(problems).length > 0) {
      await nextTick()
      form.value?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
      return
    }
    saving.value = true
    try {
      const update = { ...write(values.value, began.value), version: began.value.version }
      const before = began.value
      const key = keyFor(update)
      const saved = await sendCommand(
        () => api.saveAccount(update, key),
        key,
        () => undefined,
      )
      queryClient.setQueryData(reads.account.queryKey, saved)
      editing.value = false
      const told = saved.notices?.map(({ detail }) => detail[locale.value]).join(' ')
      toast(
        'success',
        t('account.saved'),
        told,
        undoable ? { label: t('action.undo'), run: () => takeBack(before, saved) } : undefined,
      )
    } catch (error) {
      await refuse(error)
    } finally {
      saving.value = false
    }
  }
  /** Rejected when the account has changed since, so that nobody's change is overwritten. */
  async function takeBack(before: Account, saved: Account) {
    try {
      const account = await api.saveAccount(
        { ...write(read(before), saved), version: saved.version },
        crypto.randomUUID(),
      )
      queryClient.setQueryData(reads.account.queryKey, account)
      toast('success', t('account.takenBack'))
    } catch (error) {
      toast(
        'error',
        t('account.takeBackFailed'),
        error instanceof ApiError ? error.problem?.detail : undefined,
      )
    }
  }
  async function reload() {
    await queryClient.invalidateQueries({ queryKey: reads.account.queryKey })
    edit()
  }

  return { editing, values, errors, failure, stale, saving, form, dirty, edit, cancel, save, reload }
}

import type { Account, AccountUpdate } from '@customer-portal/portal-api/contract'
import { computed, nextTick, onBeforeUnmount, ref, watch, type Ref } from 'vue'
import { api, ApiError } from '../api.ts'
import { queryClient } from '../queries.ts'
import { useTexts } from '../texts/index.ts'
import { toast } from '../toasts.ts'
import { unsaved } from './unsaved.ts'

type Change = Omit<AccountUpdate, 'version'>

/** The part after a JSON pointer's first slash: `/invoiceTitle/taxId` is `invoiceTitle/taxId`. */
const fieldOf = (pointer: string) => pointer.replace(/^\//, '')

/**
 * One card of the account: what is typed, what is wrong with it, and its saving.
 * `read` takes the values out of the account, `write` makes the change to send.
 */
export function useAccountForm<Values extends Record<string, string>>(
  account: () => Account,
  read: (account: Account) => Values,
  write: (values: Values) => Change,
) {
  const { t } = useTexts()
  const editing = ref(false)
  const values = ref(read(account())) as Ref<Values>
  const errors = ref<Record<string, string>>({})
  const failure = ref<unknown>()
  const stale = ref(false)
  const saving = ref(false)
  const form = ref<HTMLElement | null>(null)
  let key = crypto.randomUUID()

  const dirty = computed(() => editing.value && JSON.stringify(values.value) !== JSON.stringify(read(account())))
  const guard = Symbol('form')
  watch(dirty, (now) => { if (now) unsaved.add(guard); else unsaved.delete(guard) })
  onBeforeUnmount(() => unsaved.delete(guard))
  // Another content is another command.
  watch(values, () => { key = crypto.randomUUID() }, { deep: true })

  function edit() {
    values.value = read(account())
    errors.value = {}
    failure.value = undefined
    stale.value = false
    editing.value = true
    void nextTick(() => form.value?.querySelector<HTMLElement>('input, select, textarea')?.focus())
  }
  const cancel = () => { editing.value = false }

  async function refuse(error: unknown) {
    if (error instanceof ApiError && error.problem?.code === 'stale_version') {
      stale.value = true
      return
    }
    const found = error instanceof ApiError ? error.problem?.errors ?? [] : []
    errors.value = Object.fromEntries(found.map((each) => [fieldOf(each.pointer), each.detail]))
    if (found.length === 0) failure.value = error
    await nextTick()
    form.value?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }

  /** `problems`: what the page itself sees wrong; then nothing is sent. */
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
      queryClient.setQueryData(['account'], await api.saveAccount({ ...write(values.value), version: account().version }, key))
      editing.value = false
      toast('success', t('account.saved'))
    } catch (error) {
      await refuse(error)
    } finally {
      saving.value = false
    }
  }
  async function reload() {
    await queryClient.invalidateQueries({ queryKey: ['account'] })
    edit()
  }

  return { editing, values, errors, failure, stale, saving, form, dirty, edit, cancel, save, reload }
}

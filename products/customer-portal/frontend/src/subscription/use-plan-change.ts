import type { Changed, PlanChange, PortalPlan, Preview } from '@customer-portal/portal-api/contract'
import { ApiError } from '@customer-portal/ui/api-error.ts'
import { painted } from '@customer-portal/ui/components/after-paint.ts'
import { computed, onBeforeUnmount, ref, watch } from 'vue'
import { api } from '../api.ts'
import { sendCommand } from '../send-command.ts'

const pause = 300
const longestQuote = 16 * 60_000

/**
 * Requests a change as it was quoted: the seats also decide whether it is an upgrade, or waits for the end of
 * the period.
 */
export async function changeAsQuoted(body: PlanChange, key: string, { when }: Preview): Promise<Changed> {
  return when === 'period_end'
    ? { invoice: null, ...(await api.downgrade(body, key)) }
    : api.upgrade(body, key)
}

/**
 * A plan change from its preview to its confirmation: the server's quote is what is shown, and what is shown
 * is what is confirmed.
 */
export function usePlanChange<Done extends object>(
  plan: PortalPlan,
  seatsNow: number,
  send: (body: PlanChange, key: string, preview: Preview) => Promise<Done>,
) {
  const seats = ref(seatsNow)
  const tooManySeats = computed(
    () => plan.seats !== null && plan.seats.max !== null && seats.value > plan.seats.max,
  )
  // More seats than the plan allows are omitted, and the server's answer names the blocker.
  const asked = () => ({
    planId: plan.id,
    ...(tooManySeats.value || plan.seats === null ? {} : { seats: seats.value }),
  })
  const preview = ref<Preview>()
  const error = ref<unknown>()
  const loading = ref(true)
  const changed = ref(false)
  const confirming = ref(false)
  /** The response was lost: the outcome is being looked up. */
  const lookingUp = ref(false)
  const secondsLeft = ref<number>()
  let running: AbortController | undefined
  let waiting: ReturnType<typeof setTimeout> | undefined
  let expiry: number | undefined
  let key = crypto.randomUUID()

  async function quote() {
    clearTimeout(waiting)
    running?.abort()
    const mine = new AbortController()
    running = mine
    loading.value = true
    error.value = undefined
    expiry = undefined
    try {
      const answer = await api.preview(asked(), crypto.randomUUID(), mine.signal)
      if (running !== mine) return
      preview.value = answer
      key = crypto.randomUUID()
      const left = Date.parse(answer.expiresAt) - Date.now()
      // If the server's clock differs from ours there is no countdown; the server itself rejects an expired
      // quote.
      expiry = left > 0 && left < longestQuote ? Date.now() + left : undefined
      tick()
    } catch (failure) {
      if (running !== mine) return
      preview.value = undefined
      error.value = failure
    }
    loading.value = false
  }

  function tick() {
    secondsLeft.value =
      expiry === undefined ? undefined : Math.max(0, Math.ceil((expiry - Date.now()) / 1000))
    if (secondsLeft.value === 0 && !confirming.value && !loading.value) void requote()
  }
  async function requote() {
    const before = preview.value
    await quote()
    if (
      before
      && preview.value
      && (before.dueNow !== preview.value.dueNow || before.total !== preview.value.total)
    )
      changed.value = true
  }

  watch(seats, () => {
    loading.value = true
    changed.value = false
    running?.abort()
    clearTimeout(waiting)
    waiting = setTimeout(() => void quote(), pause)
  })
  let open = true
  // The dialog first: sending a request takes as much processor time as rendering it.
  void painted().then(() => {
    if (open) void quote()
  })
  const clock = setInterval(tick, 1000)
  onBeforeUnmount(() => {
    open = false
    clearInterval(clock)
    clearTimeout(waiting)
    running?.abort()
  })

  const blocked = computed(() => (preview.value?.blockers.length ?? 0) > 0)
  const ready = computed(() => preview.value !== undefined && !loading.value && !blocked.value)

  /**
   * Confirms the shown quote. Every attempt has the same key, so that a lost response never pays twice; the
   * outcome is looked up by it. Undefined when it was not done, and the dialog says why.
   */
  async function confirm() {
    if (!ready.value || confirming.value || !preview.value) return undefined
    confirming.value = true
    error.value = undefined
    changed.value = false
    try {
      const quoted = preview.value
      const body = { ...asked(), quoteId: quoted.quoteId }
      const mine = key
      return await sendCommand(
        () => send(body, mine, quoted),
        mine,
        () => {
          lookingUp.value = true
        },
      )
    } catch (failure) {
      if (
        failure instanceof ApiError
        && ['quote_expired', 'quote_outdated'].includes(failure.problem?.code ?? '')
      ) {
        await quote()
        changed.value = true
      } else {
        error.value = failure
      }
      return undefined
    } finally {
      confirming.value = false
      lookingUp.value = false
    }
  }

  return {
    seats,
    tooManySeats,
    preview,
    error,
    loading,
    changed,
    confirming,
    lookingUp,
    secondsLeft,
    blocked,
    ready,
    confirm,
    quote,
  }
}

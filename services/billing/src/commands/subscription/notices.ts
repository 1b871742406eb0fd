import type { BillingTransaction } from '../../engine.ts'
import type { SubscriptionState } from '../../subscription/state.ts'
import { amountText } from '../../invoicing/pdf/amount-text.ts'
import { issuedIn } from '../../invoicing/issued.ts'
import type { Notice } from '../../values/localized-text.ts'
import { becomes, type Waiting } from '../../subscription/schedule.ts'

/** Returns a notice for each earlier request that a command dropped or kept. */
export function noticesBetween(before: readonly Waiting[], after: SubscriptionState): Notice[] {
  return before.map((request) => {
    const kept = after.waiting.find((other) => isSame(request, other))
    if (!kept) return dropped(request)
    if (!kept.change) return keptEnd(kept)
    return becomes(after, kept) ? keptChange(kept, kept.change) : setAside(kept, kept.change)
  })
}

function isSame(request: Waiting, other: Waiting): boolean {
  return request.by === other.by && request.change?.id === other.change?.id
}

type Change = NonNullable<Waiting['change']>

const code = (request: Waiting, what: string) =>
  `${request.by === 'vendor' ? 'vendor' : 'scheduled'}_change_${what}`
const whose = (request: Waiting) => (request.by === 'vendor' ? '服务商安排的变更' : '您预约的变更')
const named = ({ by }: Waiting, { plan }: Change) =>
  `The change to ${plan.name.en} that ${by === 'vendor' ? 'your provider scheduled' : 'was scheduled'}`

function dropped(request: Waiting): Notice {
  const { at, change } = request
  if (!change)
    return {
      code: 'cancellation_dropped',
      detail: {
        'zh-CN': `原定于 ${at} 结束订阅，现已撤销。`,
        en: `The subscription no longer ends on ${at}.`,
      },
    }
  return {
    code: code(request, 'dropped'),
    detail: {
      'zh-CN': `${whose(request)}已取消：${change.plan.name['zh-CN']}，原定于 ${at} 生效。`,
      en: `${named(request, change)} for ${at} has been dropped.`,
    },
  }
}

function keptEnd({ at }: Waiting): Notice {
  return {
    code: 'cancellation_kept',
    detail: { 'zh-CN': `订阅仍将于 ${at} 结束。`, en: `The subscription still ends on ${at}.` },
  }
}

function keptChange(request: Waiting, change: Change): Notice {
  return {
    code: code(request, 'kept'),
    detail: {
      'zh-CN': `${whose(request)}仍然有效：${change.plan.name['zh-CN']}，${request.at} 生效。`,
      en: `${named(request, change)} still takes effect on ${request.at}.`,
    },
  }
}

/** The request is dropped for now: if the one before it is undone, it happens. */
function setAside(request: Waiting, change: Change): Notice {
  return {
    code: code(request, 'set_aside'),
    detail: {
      'zh-CN': `${whose(request)}暂不执行：${change.plan.name['zh-CN']}，原定于 ${request.at} 生效；如撤销本次操作，仍会生效。`,
      en: `${named(request, change)} for ${request.at} gives way to this; it takes effect if this is undone.`,
    },
  }
}

/** Returns a notice for each other invoice that a command issued, because it fell due before or by it. */
export function alsoIssued(
  tx: BillingTransaction,
  customerId: string,
  answered: { id: string } | null,
): Notice[] {
  return issuedBeside(tx, customerId, answered).map(({ number, period, total, currency }) => ({
    code: 'invoice_issued',
    detail: {
      'zh-CN': `同时生成了账单 ${number}（账期 ${period.label}），金额 ${amountText(total, currency)}。`,
      en: `Invoice ${number} of ${amountText(total, currency)} (period ${period.label}) was issued as well.`,
    },
  }))
}

/**
 * Like `alsoIssued`, for a preview: the invoices that confirming will also issue, which have no number yet.
 */
export function willAlsoBeIssued(
  tx: BillingTransaction,
  customerId: string,
  previewed: { id: string } | null,
): Notice[] {
  return issuedBeside(tx, customerId, previewed).map(({ period, total, currency }) => ({
    code: 'invoice_will_be_issued',
    detail: {
      'zh-CN': `确认后还会生成账期 ${period.label} 的账单，目前金额为 ${amountText(total, currency)}。`,
      en: `Confirming also issues the invoice for period ${period.label}, ${amountText(total, currency)} so far.`,
    },
  }))
}

const issuedBeside = (tx: BillingTransaction, customerId: string, shown: { id: string } | null) =>
  issuedIn(tx).filter((document) => document.customerId === customerId && document.id !== shown?.id)

/** The notice that a change requested for now is scheduled instead. */
export function waitsUntil(at: string): Notice {
  return {
    code: 'waits_for_period_end',
    detail: {
      'zh-CN': `变更将于 ${at} 生效，在此之前不变。`,
      en: `The change takes effect on ${at}. Nothing changes until then.`,
    },
  }
}

/** The notice that the plan has a trial but the customer has used theirs. */
export const trialUsed: Notice = {
  code: 'trial_already_used',
  detail: {
    'zh-CN': '每位客户只能试用一次，本次订阅不含试用期。',
    en: 'You have had your trial: this subscription starts without one.',
  },
}

/** The notice that a change shortens or ends a trial. */
export function trialNow(endsOn: string | null): Notice {
  if (endsOn === null)
    return {
      code: 'trial_ended',
      detail: {
        'zh-CN': '试用期就此结束，费用从今天起计。',
        en: 'The trial ends with this change; the fee is due from today.',
      },
    }
  return {
    code: 'trial_shortened',
    detail: {
      'zh-CN': `试用期缩短，${endsOn} 起计费。`,
      en: `The trial is shorter now: the fee is due from ${endsOn}.`,
    },
  }
}

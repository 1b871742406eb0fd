import type { listLateEvents, LocalizedText } from '@customer-portal/billing'

type LateEvent = Awaited<ReturnType<typeof listLateEvents>>['data'][number]

/** The outcome of usage reported after its period was billed, as a sentence for the customer. */
export function lateReason({
  outcome,
  period,
  invoice,
  afterEnd,
}: Pick<LateEvent, 'outcome' | 'period' | 'invoice' | 'afterEnd'>): LocalizedText {
  const [zh, en] =
    afterEnd && outcome === 'uncharged'
      ? ['发生在订阅结束之后，不计费', 'came after your subscription had ended: it is not billed']
      : whatFollowed(outcome, invoice?.number ?? '')
  return {
    'zh-CN': `这笔用量在 ${period} 计费周期出账后才上报，${zh}。`,
    en: `It was reported after the period ${period} had been billed, and ${en}.`,
  }
}

function whatFollowed(outcome: LateEvent['outcome'], number: string): [zh: string, en: string] {
  switch (outcome) {
    case 'billed':
      return [`已计入账单 ${number}`, `is counted on invoice ${number}`]
    case 'pending':
      return ['将计入下一张账单', 'will be counted on the next invoice']
    case 'unchanged':
      return ['不影响已出账的金额', 'changes nothing in what was billed']
    case 'voided':
      return ['已撤销，不再计入', 'was taken back: it does not count']
    case 'uncharged':
      return ['您的套餐不对它收费', 'your plan does not charge for it']
  }
}

import type { UsageEventInput } from '@customer-portal/billing'

/**
 * A customer's usage: answers on an average weekday of the first month, and the growth from month to month.
 */
export interface Pace {
  customerId: string
  answersPerWeekday: number
  growthPerMonth: number
}

/** As the workbench's conversations name them. */
const channels = ['web', 'web', 'web', 'wechat', 'wechat', 'app', 'phone']
const assistants = ['售前咨询', '售前咨询', '售后工单', '会员助手']
/** Shares of the day's answers per hour from 8:00: office hours, a dip at noon, a few in the evening. */
const hourly = [3, 9, 13, 12, 5, 8, 12, 13, 11, 8, 4, 2]

/**
 * A day's events, always the same for the same customer and date: each answer is one `ai_chat` and its
 * tokens. Weekends are quiet.
 */
export function eventsOn(pace: Pace, date: string, month: number): UsageEventInput[] {
  const chance = randomFrom(`${pace.customerId} ${date}`)
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay()
  const quiet = weekday === 0 || weekday === 6 ? 0.3 + chance() * 0.12 : 0.88 + chance() * 0.24
  const answers = Math.round(pace.answersPerWeekday * pace.growthPerMonth ** month * quiet)
  const events: UsageEventInput[] = []
  for (let index = 0; index < answers; index += 1) {
    const time = new Date(
      Date.parse(`${date}T00:00:00+08:00`)
        + (8 + hourOf(chance())) * 3_600_000
        + Math.floor(chance() * 3_600_000),
    ).toISOString()
    const channel = pick(channels, chance())
    const assistant = pick(assistants, chance())
    const model = chance() < 0.7 ? 'Nova Lite' : 'Nova Pro'
    const tokens = Math.round((model === 'Nova Pro' ? 1_900 : 900) * (0.4 + chance() * 1.4))
    const id = `demo-${pace.customerId}-${date}-${index + 1}`
    events.push(
      {
        id,
        customerId: pace.customerId,
        meter: 'ai_chat',
        quantity: 1,
        time,
        properties: { channel, assistant },
      },
      {
        id: `${id}-tokens`,
        customerId: pace.customerId,
        meter: 'tokens',
        quantity: tokens,
        time,
        properties: { model, assistant },
      },
    )
  }
  return events
}

function hourOf(chance: number): number {
  const total = hourly.reduce((sum, share) => sum + share, 0)
  let rest = chance * total
  for (const [hour, share] of hourly.entries()) {
    rest -= share
    if (rest < 0) return hour
  }
  return hourly.length - 1
}

function pick(from: readonly string[], chance: number): string {
  return from[Math.floor(chance * from.length)]!
}

/** Mulberry32 seeded with a text, so that the demo looks the same everywhere. */
function randomFrom(seed: string): () => number {
  let state =
    [...seed].reduce((hash, letter) => Math.imul(hash ^ letter.codePointAt(0)!, 16_777_619), 2_166_136_261)
    >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

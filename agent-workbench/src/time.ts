import { useI18n } from 'vue-i18n'
import type { Locale } from '@customer-portal/embed'
import { locale } from './preferences.ts'
import { me } from './session.ts'

/** Times as people at a desk say them, on the wall clock of the customer whose desk it is. */
export function useTime() {
  const { t } = useI18n()
  const zone = () => me.value?.customer.timezone
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale.value, { ...(zone() ? { timeZone: zone()! } : {}), ...options })
  const clock = (at: Date) => format({ hour: '2-digit', minute: '2-digit', hour12: false }).format(at)

  /** In a list: 刚刚, 5 分钟前, 14:05, 昨天 14:05, 11月20日. */
  function short(instant: string, now = new Date()): string {
    const at = new Date(instant)
    const minutes = Math.floor((now.getTime() - at.getTime()) / 60_000)
    if (minutes < 1) return t('time.now')
    if (minutes < 60) return t('time.minutes', { n: minutes })
    const days = daysBetween(at, now, zone())
    if (days === 0) return clock(at)
    if (days === 1) return t('time.yesterday', { time: clock(at) })
    return format({ month: 'short', day: 'numeric' }).format(at)
  }

  /** Over the messages of a day: 今天, 昨天, 11月20日 星期五. */
  function day(instant: string, now = new Date()): string {
    const days = daysBetween(new Date(instant), now, zone())
    if (days === 0) return t('time.today')
    if (days === 1) return t('time.yesterdayDay')
    return format({ month: 'long', day: 'numeric', weekday: 'short' }).format(new Date(instant))
  }

  return {
    short,
    day,
    clock: (instant: string) => clock(new Date(instant)),
    dateIn: (timeZone: string, instant: string) =>
      format({ month: 'short', day: 'numeric', timeZone }).format(new Date(instant)),
  }
}

export function formatCount(count: number, language: Locale = locale.value): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 6 }).format(count)
}

/** Calendar days from one instant to another in a time zone (the browser's where none is known). */
export function daysBetween(earlier: Date, later: Date, timeZone: string | undefined): number {
  const date = new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    ...(timeZone ? { timeZone } : {}),
  })
  return Math.round((Date.parse(date.format(later)) - Date.parse(date.format(earlier))) / 86_400_000)
}

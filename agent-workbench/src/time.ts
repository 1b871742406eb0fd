import { useI18n } from 'vue-i18n'
import type { Locale } from '@customer-portal/embed'
import { locale } from './preferences.ts'

/** Times as people at a desk say them, in the browser's zone. */
export function useTime() {
  const { t } = useI18n()
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale.value, options)
  const clock = (at: Date) => format({ hour: '2-digit', minute: '2-digit', hour12: false }).format(at)

  /** In a list: 刚刚, 5 分钟前, 14:05, 昨天 14:05, 11月20日. */
  function short(instant: string, now = new Date()): string {
    const at = new Date(instant)
    const minutes = Math.floor((now.getTime() - at.getTime()) / 60_000)
    if (minutes < 1) return t('time.now')
    if (minutes < 60) return t('time.minutes', { n: minutes })
    const days = daysBetween(at, now)
    if (days === 0) return clock(at)
    if (days === 1) return t('time.yesterday', { time: clock(at) })
    return format({ month: 'short', day: 'numeric' }).format(at)
  }

  /** Over the messages of a day: 今天, 昨天, 11月20日 星期五. */
  function day(instant: string, now = new Date()): string {
    const days = daysBetween(new Date(instant), now)
    if (days === 0) return t('time.today')
    if (days === 1) return t('time.yesterdayDay')
    return format({ month: 'long', day: 'numeric', weekday: 'short' }).format(new Date(instant))
  }

  return { short, day, clock: (instant: string) => clock(new Date(instant)), dateIn: (timeZone: string, instant: string) => format({ month: 'short', day: 'numeric', timeZone }).format(new Date(instant)) }
}

export function formatCount(count: number, language: Locale = locale.value): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 6 }).format(count)
}

function daysBetween(earlier: Date, later: Date): number {
  const midnight = (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime()
  return Math.round((midnight(later) - midnight(earlier)) / 86_400_000)
}

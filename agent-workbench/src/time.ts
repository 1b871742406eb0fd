import { daysApart } from '@customer-portal/ui/format/date.ts'
import { dateFormat } from '@customer-portal/ui/format/formats.ts'
import { locale } from './preferences.ts'
import { me } from './session.ts'
import { useTexts } from './texts/index.ts'

/** Times as agents write them, in the time zone of the customer they work for. */
export function useTime() {
  const { t } = useTexts()
  const zone = () => me.value?.customer.timezone
  const say = (instant: string, options: Intl.DateTimeFormatOptions) =>
    dateFormat(locale.value, { timeZone: zone(), ...options }).format(new Date(instant))
  const clock = (instant: string) => say(instant, { hour: '2-digit', minute: '2-digit', hour12: false })

  /** In a list: 刚刚, 5 分钟前, 14:05, 昨天 14:05, 11月20日. */
  function short(instant: string, now = new Date()): string {
    const minutes = Math.floor((now.getTime() - Date.parse(instant)) / 60_000)
    if (minutes < 1) return t('time.now')
    if (minutes < 60) return t('time.minutes', { n: minutes })
    const days = daysApart(instant, now.toISOString(), zone())
    if (days === 0) return clock(instant)
    if (days === 1) return t('time.yesterday', { time: clock(instant) })
    return say(instant, { month: 'short', day: 'numeric' })
  }

  /** Above the messages of a day: 今天, 昨天, 11月20日 星期五. */
  function day(instant: string, now = new Date()): string {
    const days = daysApart(instant, now.toISOString(), zone())
    if (days === 0) return t('time.today')
    if (days === 1) return t('time.yesterdayDay')
    return say(instant, { month: 'long', day: 'numeric', weekday: 'short' })
  }

  return {
    short,
    day,
    clock,
    dateIn: (timeZone: string, instant: string) => say(instant, { month: 'short', day: 'numeric', timeZone }),
  }
}

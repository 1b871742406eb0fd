import type { UsageMonths } from '@customer-portal/portal-api/contract'
import { computed, ref, type ComputedRef } from 'vue'
import { useFormat } from '../format/use-format.ts'
import { useTexts } from '../texts/index.ts'
import { chosenMonth, monthSeries } from './months.ts'

/** The card of the last twelve months: a metric per month, and the changes of the selected one. */
export function useMonths(data: ComputedRef<UsageMonths | undefined>) {
  const { t } = useTexts()
  const { text, money, quantity, exact, counted, period, month, numeric } = useFormat()
  const months = computed(() => data.value?.months ?? [])
  const meters = computed(() => data.value?.meters ?? [])
  const currency = computed(() => data.value?.currency ?? 'CNY')
  const metric = ref('')
  const clicked = ref<string>()
  const meter = computed(() => meters.value.find((one) => one.meter === metric.value))
  const series = computed(() =>
    monthSeries(months.value, meter.value?.meter, (key) => {
      if (key === 'fee') return t('months.fee')
      const named = meters.value.find((one) => one.meter === key)
      return named ? text(named.name) : t('usage.others')
    }),
  )
  const chosen = computed(
    () => months.value.find(({ period: { start } }) => start === clicked.value) ?? chosenMonth(months.value),
  )
  const at = (start: string) => months.value.find((one) => one.period.start === start)
  const measure = (value: number) =>
    meter.value ? counted(value, meter.value.unit, exact) : money(value, currency.value)

  return {
    months,
    meters,
    currency,
    metric,
    series,
    chosen,
    measure,
    before: computed(() => months.value[months.value.findIndex((one) => one === chosen.value) - 1]),
    options: computed(() => [
      { value: '', label: t('months.all') },
      ...meters.value.map((one) => ({ value: one.meter, label: text(one.name) })),
    ]),
    choose: (start: string) => {
      clicked.value = start
    },
    days: computed(() =>
      months.value.map((one, index) => ({
        date: one.period.start,
        value: series.value.reduce((sum, { values }) => sum + (values[index] ?? 0), 0),
        future: false,
      })),
    ),
    running: computed(() => months.value.find((one) => one.running)?.period.start),
    nameOf: (start: string) => {
      const one = at(start)
      return one
        ? one.running
          ? t('months.soFar', { month: period(one.period) })
          : period(one.period)
        : start
    },
    axisOf: (start: string) => (start.endsWith('-01') ? month(start) : numeric(start)),
    tick: (value: number) => (meter.value ? quantity(value) : money(value, currency.value, true)),
    share: ({ total }: { total: number }) => (meter.value ? quantity(total) : money(total, currency.value)),
  }
}
export type Months = ReturnType<typeof useMonths>

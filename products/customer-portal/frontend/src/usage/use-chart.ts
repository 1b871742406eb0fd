import { computed, type UnwrapNestedRefs } from 'vue'
import { useFormat } from '../format/use-format.ts'
import { chartDays } from './chart-days.ts'
import { feeChart } from './filter.ts'
import { numberOf } from './own.ts'
import { propertyName, propertyValue } from './properties.ts'
import { feeSeries, seriesOf, type Series } from './series.ts'
import type { UsagePage } from './use-usage-page.ts'
import { useTexts } from '../texts/index.ts'

/** Above a column there is no number, so the unit is plural. */
const many = 2

/** The daily chart: a meter or the fees, in one series or grouped, and the format of its numbers. */
export function useChart(page: UnwrapNestedRefs<UsagePage>) {
  const { t } = useTexts()
  const { text, unitFor, quantity, exact, counted, money } = useFormat()
  const unit = computed(() => page.chartMeter?.unit)
  const currency = computed(() => page.usage?.currency ?? 'CNY')
  const groups = computed(() => (page.showsFee ? [] : (page.chartMeter?.groupBy ?? [])))
  const group = computed(() => groups.value.find((property) => property === page.filter.group))

  const series = computed((): Series[] => {
    const { usage, chartMeter } = page
    if (!usage || !chartMeter) return []
    if (page.showsFee) return feeSeries(usage, (meter) => text(meter.name))
    const meter = chartMeter.meter
    const values = usage.groups?.find((one) => one.meter === meter && one.property === group.value)?.values
    if (group.value && values?.length)
      return seriesOf(values, usage.days.length).map((one) => ({
        ...one,
        label: one.label
          ? propertyValue(group.value ?? '', one.label, t)
          : t(one.kind === 'none' ? 'usage.noValue' : 'usage.others'),
      }))
    return [
      {
        key: `meter ${meter}`,
        kind: 'meter',
        label: text(chartMeter.name),
        values: usage.days.map((day) => numberOf(day.usage, meter)),
        total: chartMeter.used,
      },
    ]
  })
  const options = computed(() => [
    ...(page.usage?.meters ?? []).map((meter) => ({ value: meter.meter, label: text(meter.name) })),
    ...(page.billed ? [{ value: feeChart, label: t('usage.fee') }] : []),
  ])
  const fee = (amount: number) => money(amount, currency.value)

  return {
    series,
    group,
    options,
    /** The choice; it is rendered one frame later. */
    chart: computed(
      () =>
        options.value.find(({ value }) => value === page.filter.chart)?.value
        ?? (page.showsFee ? feeChart : (page.chartMeter?.meter ?? '')),
    ),
    groupings: computed(() => [
      { value: '', label: t('usage.ungrouped') },
      ...groups.value.map((value) => ({
        value,
        label: t('usage.groupedBy', { property: propertyName(value, t) }),
      })),
    ]),
    days: computed(() => (page.range ? chartDays(page.range, series.value, page.today) : [])),
    total: computed(() =>
      page.showsFee
        ? fee(series.value.reduce((sum, one) => sum + one.total, 0))
        : counted(page.chartMeter?.used ?? 0, unit.value),
    ),
    heading: computed(() =>
      page.showsFee
        ? t('usage.feeIn', { currency: currency.value })
        : `${t('usage.quantity')}${unit.value ? t('usage.inUnit', { unit: unitFor(unit.value, many) }) : ''}`,
    ),
    tick: (value: number) => (page.showsFee ? money(value, currency.value, true) : quantity(value)),
    cell: (value: number) => (page.showsFee ? fee(value) : exact(value)),
    measure: (value: number) => (page.showsFee ? fee(value) : counted(value, unit.value, exact)),
    share: (one: Series) => (page.showsFee ? fee(one.total) : quantity(one.total)),
  }
}

import { computed, ref, watch, type UnwrapNestedRefs } from 'vue'
import type { UsageSummary } from '@customer-portal/portal-api/contract'
import { addDays } from '../format/date.ts'
import { useUsageDetail } from '../queries.ts'
import { propertyColumns } from './properties.ts'
import type { UsagePage } from './use-usage-page.ts'

/** One page of the events that the filters choose. Cursors only lead forward, so the way back is remembered. */
export function useDetail(page: UnwrapNestedRefs<UsagePage>, usage: () => UsageSummary) {
  const limit = ref<'10' | '20' | '50'>('10')
  const trail = ref<string[]>([])
  const range = computed(() => ({ start: page.filter.from ?? usage().period.start, end: page.filter.to ?? addDays(usage().period.end, -1) }))
  const chosen = computed(() => ({ ...range.value, meter: page.filter.meter, limit: Number(limit.value) }))
  watch(chosen, () => { trail.value = [] }, { flush: 'sync' })
  const query = useUsageDetail(() => ({ ...chosen.value, cursor: trail.value.at(-1) }))
  const events = computed(() => query.data.value?.data ?? [])

  return {
    query, limit, events, range,
    columns: computed(() => propertyColumns(events.value)),
    pageNumber: computed(() => trail.value.length + 1),
    hasNext: computed(() => Boolean(query.data.value?.nextCursor)),
    next() {
      const cursor = query.data.value?.nextCursor
      if (cursor && !query.isPlaceholderData.value) trail.value = [...trail.value, cursor]
    },
    previous() { trail.value = trail.value.slice(0, -1) },
  }
}

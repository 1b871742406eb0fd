import { ApiError } from '@customer-portal/ui/api-error.ts'
import { computed, ref, watch, type UnwrapNestedRefs } from 'vue'
import { useUsageDetail } from '../queries.ts'
import { propertyColumns } from './properties.ts'
import type { UsagePage } from './use-usage-page.ts'

/**
 * One page of the filtered events. Cursors only lead forward, so earlier ones are stored; a reader who came
 * by a link goes back to the first page.
 */
export function useDetail(page: UnwrapNestedRefs<UsagePage>) {
  const trail = ref<(string | undefined)[]>([])
  const query = useUsageDetail(() => {
    const { filter, range } = page
    if (!range) return undefined
    const { meter, id, property, value, after: cursor } = filter
    return {
      start: filter.day ?? range.from,
      end: filter.day ?? range.to,
      meter,
      id,
      property,
      value,
      total: 'true',
      cursor,
      limit: Number(filter.size),
    }
  })
  const events = computed(() => query.data.value?.data ?? [])
  watch(
    () => page.filter.after,
    (after) => {
      if (!after) trail.value = []
    },
  )
  // A cursor in the URL that is invalid or no longer valid.
  watch(query.error, (error) => {
    if (error instanceof ApiError && error.problem?.code === 'invalid_cursor' && page.filter.after)
      page.setFilter({ after: undefined, page: undefined })
  })

  return {
    query,
    events,
    /** The number of events on all pages, from the server. */
    total: computed(() => query.data.value?.total),
    isSearch: computed(() => page.filter.id !== undefined || page.filter.property !== undefined),
    columns: computed(() => propertyColumns(events.value)),
    hasNext: computed(() => Boolean(query.data.value?.nextCursor)),
    next() {
      const cursor = query.data.value?.nextCursor
      if (!cursor || query.isPlaceholderData.value) return
      trail.value = [...trail.value, page.filter.after]
      page.setFilter({ after: cursor, page: String(page.filter.page + 1) })
    },
    previous() {
      const back = trail.value.at(-1)
      trail.value = trail.value.slice(0, -1)
      page.setFilter(
        back ? { after: back, page: String(page.filter.page - 1) } : { after: undefined, page: undefined },
      )
    },
  }
}

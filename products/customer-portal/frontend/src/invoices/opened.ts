import { computed } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'

/** What of an invoice's lines is opened: how the amount came about, and the events behind it. */
export type Depth = 'why' | 'events'

/** The lines that an address opens to a depth. */
export function openedIn(query: LocationQuery, depth: Depth): string[] {
  const value = query[depth]
  return typeof value === 'string' && value !== '' ? value.split(',') : []
}

/** The address's query with a line opened or closed. Who closes the explanation closes the events in it. */
export function withOpened(query: LocationQuery, depth: Depth, lineId: string, open: boolean): LocationQuery {
  const next = { ...query }
  for (const each of depth === 'why' && !open ? (['why', 'events'] as const) : [depth]) {
    const others = openedIn(next, each).filter((id) => id !== lineId)
    const lines = open ? [...others, lineId] : others
    if (lines.length > 0) next[each] = lines.join(',')
    else delete next[each]
  }
  return next
}

/** The query of a page about no line in particular. */
export function withoutOpened(query: LocationQuery): LocationQuery {
  const { why: _why, events: _events, ...rest } = query
  return rest
}

/** Whether a line is opened, as its address says: a reload and a link show the same. */
export function useOpened(lineId: () => string) {
  const route = useRoute()
  const router = useRouter()
  const at = (depth: Depth) => computed({
    get: () => openedIn(route.query, depth).includes(lineId()),
    set: (open) => void router.replace({ query: withOpened(route.query, depth, lineId(), open) }),
  })
  /** What a colleague opens to see this line as it stands here. */
  const link = () => {
    const query = Object.fromEntries((['why', 'events'] as const).filter((depth) => openedIn(route.query, depth).includes(lineId())).map((depth) => [depth, lineId()]))
    return new URL(router.resolve({ name: 'invoice', params: route.params, query }).href, location.href).href
  }
  return { why: at('why'), events: at('events'), link }
}

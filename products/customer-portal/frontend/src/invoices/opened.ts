import { computed } from 'vue'
import { useRoute, useRouter, type LocationQuery, type RouteLocationNamedRaw } from 'vue-router'

/**
 * What of a line is expanded: the breakdown of its amount, its days, and the events behind it or behind one
 * of its days (`line.date`). Each is inside the one before.
 */
const depths = ['why', 'days', 'events'] as const
export type Depth = (typeof depths)[number]

/** The lines that a URL expands to a depth. */
export function openedIn(query: LocationQuery, depth: Depth): string[] {
  const value = query[depth]
  return typeof value === 'string' && value !== '' ? value.split(',') : []
}

/** Whether an id is a line or a part of it. */
const isOf = (lineId: string) => (id: string) => id === lineId || id.startsWith(`${lineId}.`)

/**
 * The URL's query with a line, or a part of it, expanded or collapsed. Collapsing also collapses everything
 * inside.
 */
export function withOpened(query: LocationQuery, depth: Depth, id: string, open: boolean): LocationQuery {
  const next = { ...query }
  for (const each of open ? [depth] : depths.slice(depths.indexOf(depth))) {
    const others = openedIn(next, each).filter((one) => (open ? one !== id : !isOf(id)(one)))
    const opened = open ? [...others, id] : others
    if (opened.length > 0) next[each] = opened.join(',')
    else delete next[each]
  }
  return next
}

/** The query of a page without expanded lines. */
export function withoutOpened(query: LocationQuery): LocationQuery {
  const { why: _why, days: _days, events: _events, ...rest } = query
  return rest
}

/**
 * Whether a line is expanded, from the URL, so that a reload and a link show the same. `place` is the page
 * that shows it.
 */
export function useOpened(
  lineId: () => string,
  place: () => RouteLocationNamedRaw & { query?: LocationQuery },
) {
  const route = useRoute()
  const router = useRouter()
  const set = (depth: Depth, id: string, open: boolean) =>
    void router.replace({ query: withOpened(route.query, depth, id, open) })
  const at = (depth: Depth) =>
    computed({
      get: () => openedIn(route.query, depth).includes(lineId()),
      set: (open) => set(depth, lineId(), open),
    })
  const dayId = (date: string) => `${lineId()}.${date}`
  /** The URL that shows this line as it is here. */
  const link = () => {
    const opened = depths
      .map((depth) => [depth, openedIn(route.query, depth).filter(isOf(lineId())).join(',')] as const)
      .filter(([, ids]) => ids !== '')
    return new URL(
      router.resolve({ ...place(), query: { ...place().query, ...Object.fromEntries(opened) } }).href,
      location.href,
    ).href
  }
  return {
    why: at('why'),
    days: at('days'),
    events: at('events'),
    link,
    isDayOpen: (date: string) => openedIn(route.query, 'events').includes(dayId(date)),
    openDay: (date: string, open: boolean) => set('events', dayId(date), open),
  }
}

import { infiniteQueryOptions, queryOptions } from '@tanstack/vue-query'
import { api } from './api.ts'

/** New questions come from outside: what is on screen is asked for again, after so many milliseconds. */
const lookAgainAfter = 10_000

/** What is asked under which name. */
export const reads = {
  conversations: infiniteQueryOptions({
    queryKey: ['conversations'],
    queryFn: ({ pageParam }) => api.conversations(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: lookAgainAfter,
  }),
  thread: (conversationId: string) =>
    queryOptions({
      queryKey: ['thread', conversationId],
      queryFn: () => api.thread(conversationId),
      refetchInterval: lookAgainAfter,
    }),
  quota: queryOptions({ queryKey: ['quota'], queryFn: api.quota }),
}

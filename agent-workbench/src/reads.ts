import { infiniteQueryOptions, queryOptions } from '@tanstack/vue-query'
import { api } from './api.ts'

/** How often the conversations on screen are read again, in milliseconds: visitors write at any time. */
const lookAgainAfter = 10_000

/** Every query of the desk: its key and how it is read. */
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

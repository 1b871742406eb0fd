import { ApiError, orMissing } from '@customer-portal/ui/api-error.ts'
import { sendSurely } from '@customer-portal/ui/lost-answer.ts'
import { QueryClient, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import {
  api,
  type Conversation,
  type Message,
  type NewConversation,
  type NewMessage,
  type SuggestionAnswer,
} from './api.ts'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
    },
  },
})

/** New questions come from outside: the list looks for them while it is on screen. */
const lookAgainAfter = 10_000

export function useConversations() {
  const query = useInfiniteQuery({
    queryKey: ['conversations'],
    queryFn: ({ pageParam }) => api.conversations(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: lookAgainAfter,
  })
  const conversations = computed(() => query.data.value?.pages.flatMap((page) => page.data) ?? [])
  const waiting = computed(() => conversations.value.filter(({ status }) => status === 'waiting').length)
  return { ...query, conversations, waiting }
}

export function useThread(conversationId: Ref<string | undefined>) {
  return useQuery({
    queryKey: computed(() => ['thread', conversationId.value]),
    queryFn: () => api.thread(conversationId.value!),
    enabled: computed(() => conversationId.value !== undefined),
    refetchInterval: lookAgainAfter,
  })
}

export function useQuota() {
  return useQuery({ queryKey: ['quota'], queryFn: api.quota, refetchOnMount: 'always' })
}

export function useDeskActions() {
  const cache = useQueryClient()
  const refresh = (conversationId: string) =>
    Promise.all([
      cache.invalidateQueries({ queryKey: ['thread', conversationId] }),
      cache.invalidateQueries({ queryKey: ['conversations'] }),
    ])
  const start = useMutation({
    mutationFn: ({
      onLost,
      ...question
    }: NewConversation & { id: string; onLost: () => void }): Promise<Conversation> =>
      sendSurely(
        () => api.startConversation(question),
        () => orMissing(api.thread(question.id)),
        onLost,
      ),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['conversations'] }),
  })
  const send = useMutation({
    mutationFn: ({
      conversationId,
      onLost,
      ...message
    }: NewMessage & { id: string; conversationId: string; onLost: () => void }): Promise<Message> =>
      sendSurely(
        () => api.addMessage(conversationId, message),
        async () => (await api.thread(conversationId)).messages.find(({ id }) => id === message.id),
        onLost,
      ),
    onSuccess: (_, { conversationId }) => refresh(conversationId),
  })
  const close = useMutation({
    mutationFn: (conversationId: string) => api.closeConversation(conversationId),
    onSuccess: (_, conversationId) => refresh(conversationId),
  })
  const suggest = useMutation({
    mutationFn: (conversationId: string) => api.suggest(conversationId),
    onSuccess: ({ quota }: SuggestionAnswer, conversationId) => {
      cache.setQueryData(['quota'], quota)
      return refresh(conversationId)
    },
  })
  return { start, send, close, suggest }
}

import { orMissing } from '@customer-portal/ui/api-error.ts'
import { sendSurely } from '@customer-portal/ui/lost-answer.ts'
import { createQueryClient } from '@customer-portal/ui/query-client.ts'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import {
  api,
  type Conversation,
  type Message,
  type NewConversation,
  type NewMessage,
  type SuggestionAnswer,
} from './api.ts'
import { reads } from './reads.ts'

export const queryClient = createQueryClient({ staleTime: 5_000 })

export function useConversations() {
  const query = useInfiniteQuery(reads.conversations)
  const conversations = computed(() => query.data.value?.pages.flatMap((page) => page.data) ?? [])
  const waiting = computed(() => conversations.value.filter(({ status }) => status === 'waiting').length)
  return { ...query, conversations, waiting }
}

export const useThread = (conversationId: Ref<string>) =>
  useQuery(computed(() => reads.thread(conversationId.value)))
export const useQuota = () => useQuery({ ...reads.quota, refetchOnMount: 'always' })

export function useDeskActions() {
  const cache = useQueryClient()
  const refresh = (conversationId: string) =>
    Promise.all([
      cache.invalidateQueries({ queryKey: reads.thread(conversationId).queryKey }),
      cache.invalidateQueries({ queryKey: reads.conversations.queryKey }),
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
    onSuccess: () => cache.invalidateQueries({ queryKey: reads.conversations.queryKey }),
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
      cache.setQueryData(reads.quota.queryKey, quota)
      return refresh(conversationId)
    },
  })
  return { start, send, close, suggest }
}

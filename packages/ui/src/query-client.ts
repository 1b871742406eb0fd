import { QueryClient } from '@tanstack/vue-query'
import { ApiError } from './api-error.ts'

/**
 * One cache for what the server says, believed for `staleTime` milliseconds. A refusal (4xx) is final; a
 * failure is tried twice more. Whether there is a network is learned by asking, not from the browser.
 */
export const createQueryClient = ({ staleTime }: { staleTime: number }) =>
  new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime,
        refetchOnWindowFocus: true,
        retryDelay: (attempt) => Math.min(600 * 2 ** attempt, 4000),
        retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status < 500),
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })

import { inject, type App, type InjectionKey } from 'vue'

/** The texts that these components show by themselves. Each front end provides them from its own texts. */
export interface Words {
  close: () => string
  retry: () => string
  /** The title of an error card. */
  failed: () => string
  /** The sentence for an error. */
  reason: (error: unknown) => string
  requestId: (id: string) => string
}

const place: InjectionKey<Words> = Symbol('words')

/** Provides the texts to all components of an application. */
export const provideWords = (app: App, words: Words) => app.provide(place, words)

/** Returns the texts for a component. */
export function useWords(): Words {
  const words = inject(place)
  if (!words) throw new Error('provideWords was not called for this application')
  return words
}

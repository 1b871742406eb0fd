import { inject, type App, type InjectionKey } from 'vue'

/** The texts that the components here show by themselves. Each front end has them among its own texts. */
export interface Words {
  close: () => string
  retry: () => string
  /** The title above the reason why something could not be shown. */
  failed: () => string
  /** The reason. */
  reason: (error: unknown) => string
  requestId: (id: string) => string
}

const place: InjectionKey<Words> = Symbol('words')

/** Gives the components of an application their texts. */
export const provideWords = (app: App, words: Words) => app.provide(place, words)

/** The texts, for a component. */
export function useWords(): Words {
  const words = inject(place)
  if (!words) throw new Error('provideWords was not called for this application')
  return words
}

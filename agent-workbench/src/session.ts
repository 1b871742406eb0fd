import { ref } from 'vue'
import { api, type Me } from './api.ts'
import { suggestLocale } from './preferences.ts'

/** The logged-in agent; null before it is known and after logging out. */
export const me = ref<Me | null>(null)

/** Loads the logged-in agent once; null when nobody is. Throws when the server cannot be reached. */
export async function findMe(): Promise<Me | null> {
  if (me.value) return me.value
  const { me: found } = await api.session()
  return found && remember(found)
}

export async function logIn(credentials: { email: string; password: string }): Promise<void> {
  remember(await api.login(credentials))
}

export async function logOut(): Promise<void> {
  await api.logout()
  forgetMe()
}

export function forgetMe() {
  me.value = null
}

function remember(found: Me): Me {
  me.value = found
  suggestLocale(found.agent.locale)
  return found
}

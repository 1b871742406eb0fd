import { reactive } from 'vue'

/** The forms with changes that are not saved. */
export const unsaved = reactive(new Set<symbol>())

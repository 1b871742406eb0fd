import { reactive } from 'vue'

/** The forms with unsaved changes. */
export const unsaved = reactive(new Set<symbol>())

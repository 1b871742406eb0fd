import 'vue'

declare module 'vue' {
  interface HTMLAttributes {
    /** Excluded from print. */
    'data-print'?: 'no'
  }
}

import 'vue'

declare module 'vue' {
  interface HTMLAttributes {
    /** Not printed. */
    'data-print'?: 'no'
  }
}

/// <reference types="vite/client" />
import 'vue'

// Newer in HTML than in Vue's list of attributes.
declare module 'vue' {
  interface ButtonHTMLAttributes {
    popovertarget?: string
  }
  interface HTMLAttributes {
    popover?: boolean | '' | 'auto' | 'manual'
  }
}

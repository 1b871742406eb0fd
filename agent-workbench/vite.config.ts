import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defaultClientConditions, defineConfig } from 'vite'

const server = process.env.WORKBENCH_SERVER ?? 'http://127.0.0.1:8000'

export default defineConfig({
  base: '/workbench/',
  plugins: [vue(), tailwindcss()],
  // Resolves our own packages to their sources, without a build.
  resolve: { conditions: ['customer-portal-source', ...defaultClientConditions] },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
  },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    // A data: URL would need img-src data: in the content security policy.
    assetsInlineLimit: 0,
    manifest: true,
  },
  server: { proxy: { '/api': server, '/portal': server } },
})

import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defaultClientConditions, defineConfig } from 'vite'
import { preload } from './scripts/preload.ts'

const server = process.env.PORTAL_SERVER ?? 'http://127.0.0.1:8000'

export default defineConfig({
  base: '/portal/',
  plugins: [vue(), tailwindcss(), preload('/src/app.ts')],
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
    // Few files, because each request costs the page time of its own, however small the file is.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'start',
              test: /(frontend\/src\/(main|storage|views|first-token|one-time-code|texts\/files)|ui\/src\/storage)\.ts$|vite\/preload-helper/,
              priority: 3,
            },
            { name: 'framework', test: /node_modules\/(vue|@vue|vue-router|@tanstack)\//, priority: 2 },
            {
              name: 'shared',
              test: /(frontend|ui)\/src\/(?!texts\/(zh-CN|en)\.ts)|node_modules\/@lucide|plugin-vue/,
              minShareCount: 2,
              priority: 1,
            },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': server, '/portal/settings.json': server, '/portal/brand/': server } },
})

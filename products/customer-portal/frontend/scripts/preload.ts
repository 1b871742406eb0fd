import type { HtmlTagDescriptor, Plugin } from 'vite'

/**
 * Preloads a module that the entry imports only later, with all its imports and styles, so that the files
 * load in parallel instead of one after the other.
 */
export function preload(module: string): Plugin {
  let base = '/'
  return {
    name: 'preload',
    apply: 'build',
    configResolved(config) {
      base = config.base
    },
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((one) => one.type === 'chunk')
        const start = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(module))
        if (!start) throw new Error(`${module} is no chunk of its own: nothing can be preloaded`)
        const scripts = new Set<string>()
        const styles = new Set<string>()
        const add = (file: string) => {
          if (scripts.has(file)) return
          scripts.add(file)
          const chunk = chunks.find(({ fileName }) => fileName === file)
          for (const style of chunk?.viteMetadata?.importedCss ?? []) styles.add(style)
          for (const imported of chunk?.imports ?? []) add(imported)
        }
        add(start.fileName)
        const wanted = (files: Iterable<string>, attrs: Record<string, string>) =>
          [...files]
            .map((file) => base + file)
            .filter((href) => !html.includes(`"${href}"`))
            .map((href): HtmlTagDescriptor => ({
              tag: 'link',
              attrs: { ...attrs, crossorigin: true, href },
              injectTo: 'head',
            }))
        return [...wanted(scripts, { rel: 'modulepreload' }), ...wanted(styles, { rel: 'stylesheet' })]
      },
    },
  }
}

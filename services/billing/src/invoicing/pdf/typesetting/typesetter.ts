import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { readFonts } from './fonts.ts'

const require = createRequire(import.meta.url)

/**
 * Renders the JSON of an InvoicePage into a PDF. Blocking, so run it in a worker. Throws Typst's error
 * message.
 */
export interface Typesetter {
  readonly engine: 'native' | 'wasm'
  pdf: (page: string) => Promise<Uint8Array>
}

/** The Typst build to use: the native one where it loads (`auto`), or one by name. */
export type TypesetterKind = 'auto' | Typesetter['engine']

const template = readFileSync(new URL('./invoice.typ', import.meta.url), 'utf8')

/**
 * Loads Typst with our fonts and template. Native builds exist for some platforms only; WASM gives the same
 * bytes everywhere.
 */
export async function openTypesetter(engine: TypesetterKind): Promise<Typesetter> {
  if (engine === 'wasm') return openWasm()
  if (engine === 'native') return openNative()
  try {
    return await openNative()
  } catch {
    return openWasm()
  }
}

async function openNative(): Promise<Typesetter> {
  const { NodeCompiler } = await import('@myriaddreamin/typst-ts-node-compiler')
  // the only folder that a logo's SVG could refer to
  const compiler = NodeCompiler.create({
    fontArgs: [{ fontBlobs: readFonts() }],
    workspace: fileURLToPath(new URL('.', import.meta.url)),
  })
  return {
    engine: 'native',
    async pdf(page) {
      try {
        const compiled = compiler.compile({ mainFileContent: template, inputs: { page } })
        if (!compiled.result) throw typstFailure(compiler.fetchDiagnostics(compiled.takeError()!))
        return new Uint8Array(compiler.pdf(compiled.result))
      } finally {
        compiler.evictCache(5) // otherwise each document stays in memory
      }
    },
  }
}

async function openWasm(): Promise<Typesetter> {
  const { loadFonts } = await import('@myriaddreamin/typst.ts')
  const { createTypstCompiler, CompileFormatEnum } = await import('@myriaddreamin/typst.ts/compiler')
  const compiler = createTypstCompiler()
  const module = readFileSync(require.resolve('@myriaddreamin/typst-ts-web-compiler/wasm'))
  await compiler.init({
    // plain bytes work too, but warn on stderr
    getModule: () => ({ module_or_path: module }) as unknown as BufferSource,
    beforeBuild: [loadFonts(readFonts(), { assets: false })], // no fonts from the network
  })
  compiler.addSource('/invoice.typ', template)
  return {
    engine: 'wasm',
    async pdf(page) {
      const options = {
        mainFilePath: '/invoice.typ',
        inputs: { page },
        format: CompileFormatEnum.pdf,
        diagnostics: 'full',
      } as const
      const { result, diagnostics } = await compiler.compile(options)
      if (!result) throw typstFailure(diagnostics)
      return result
    },
  }
}

function typstFailure(diagnostics: readonly { message: string }[] = []): Error {
  return new Error(`Typst refused the page: ${diagnostics.map(({ message }) => message).join('; ')}`)
}

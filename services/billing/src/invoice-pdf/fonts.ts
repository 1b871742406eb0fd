import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** Noto Sans SC regular, medium and bold: the one family of the template. TrueType, since CFF fonts vanish in Firefox's viewer. */
export const fontPaths = ['400Regular', '500Medium', '700Bold'].map((weight) =>
  require.resolve(`@expo-google-fonts/noto-sans-sc/${weight}/NotoSansSC_${weight}.ttf`))

/** The whole font files, about 10 MB each. */
export function readFonts(): Buffer[] {
  return fontPaths.map((path) => readFileSync(path))
}

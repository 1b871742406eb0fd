import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

const weights = ['400Regular', '500Medium', '700Bold'] as const

/**
 * The template's families, regular, medium and bold: Noto Sans SC, and for Hangul, Thai and Arabic what it
 * has no letters of. A character is drawn by the first that has it. TrueType, since CFF fonts vanish in
 * Firefox's viewer.
 */
export const fontFamilies = [
  ['noto-sans-sc', 'NotoSansSC'],
  ['noto-sans-kr', 'NotoSansKR'],
  ['noto-sans-thai', 'NotoSansThai'],
  ['noto-sans-arabic', 'NotoSansArabic'],
].map(([name, file]) =>
  weights.map((weight) => require.resolve(`@expo-google-fonts/${name}/${weight}/${file}_${weight}.ttf`)),
)

/** The whole font files: about 10 MB for each weight of Chinese, 6 MB of Hangul. */
export function readFonts(): Buffer[] {
  return fontFamilies.flat().map((path) => readFileSync(path))
}

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

const weights = ['400Regular', '500Medium', '700Bold'] as const

/**
 * The template's font families, regular, medium and bold: Noto Sans SC, then families for Hangul, Thai and
 * Arabic. The first that has a character draws it. TrueType, because CFF fonts vanish in Firefox's viewer.
 */
export const fontFamilies = [
  ['noto-sans-sc', 'NotoSansSC'],
  ['noto-sans-kr', 'NotoSansKR'],
  ['noto-sans-thai', 'NotoSansThai'],
  ['noto-sans-arabic', 'NotoSansArabic'],
].map(([name, file]) =>
  weights.map((weight) => require.resolve(`@expo-google-fonts/${name}/${weight}/${file}_${weight}.ttf`)),
)

/** Reads the whole font files: about 10 MB per weight of Chinese, 6 MB of Hangul. */
export function readFonts(): Buffer[] {
  return fontFamilies.flat().map((path) => readFileSync(path))
}

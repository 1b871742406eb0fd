/**
 * Maximum number of characters of a file name: file systems take 255 bytes, and a Chinese character has
 * three.
 */
const maxCharacters = 60

/** A part of a file's name: characters that are invisible or not allowed on some system become `_`. */
export function namePart(text: string): string {
  const safe = text
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}/\\:*?"<>|%]/gu, '_')
    .trim()
    .replaceAll(/^\.+|[. ]+$/g, '_')
  return [...safe].slice(0, maxCharacters).join('')
}

/**
 * A Content-Disposition that saves the answer under a name in any script (RFC 6266, RFC 8187). ASCII-only
 * clients get `plain`, with every other character as `_`.
 */
export function attachment(name: string, plain: string): string {
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*!]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')}"; filename*=UTF-8''${encoded}`
}

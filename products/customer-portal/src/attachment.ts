/** So many characters of a name: file systems take 255 bytes, and a Chinese character is three. */
const mostLetters = 60

/**
 * A part of a file's name: characters that some system does not take there, or that cannot be seen, become
 * `_`.
 */
export function namePart(text: string): string {
  const safe = text
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}/\\:*?"<>|%]/gu, '_')
    .trim()
    .replaceAll(/^\.+|[. ]+$/g, '_')
  return [...safe].slice(0, mostLetters).join('')
}

/**
 * A Content-Disposition that saves the answer under a name in any script (RFC 6266, RFC 8187). Who reads only
 * ASCII gets `plain`, in which every other character is `_`.
 */
export function attachment(name: string, plain: string): string {
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*!]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')}"; filename*=UTF-8''${encoded}`
}

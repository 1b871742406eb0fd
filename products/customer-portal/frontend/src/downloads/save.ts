/** Makes the browser save a file under a name. */
export function save(blob: Blob, name: string) {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  // Firefox reads the URL after the click handler has returned.
  setTimeout(() => URL.revokeObjectURL(url), 30_000)
}

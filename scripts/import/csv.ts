/**
 * The cells of one record: a quoted cell may contain delimiters, line breaks and doubled quotes. `open`: a
 * quote is not closed. `wrong`: text follows a closing quote.
 */
export function cellsOf(text: string, delimiter: string): string[] | 'open' | 'wrong' {
  const cells: string[] = []
  for (let at = 0; ;) {
    if (text[at] !== '"') {
      const end = text.indexOf(delimiter, at)
      cells.push(text.slice(at, end < 0 ? undefined : end))
      if (end < 0) return cells
      at = end + 1
      continue
    }
    let cell = ''
    for (at += 1; ; at += 1) {
      const quote = text.indexOf('"', at)
      if (quote < 0) return 'open'
      cell += text.slice(at, quote)
      at = quote + 1
      if (text[at] !== '"') break
      cell += '"'
    }
    cells.push(cell)
    if (at === text.length) return cells
    if (text[at] !== delimiter) return 'wrong'
    at += 1
  }
}

export const delimiters = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const

/** The delimiter of a header: the one that yields the wanted columns, otherwise the most frequent one. */
export function delimiterOf(header: string, columns: readonly string[]): string {
  const all = Object.values(delimiters)
  const fits = all.find((delimiter) => {
    const cells = cellsOf(header, delimiter)
    return Array.isArray(cells) && columns.every((column) => cells.some((cell) => cell.trim() === column))
  })
  return (
    fits ?? all.reduce((most, one) => (header.split(one).length > header.split(most).length ? one : most))
  )
}

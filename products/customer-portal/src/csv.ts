/** The value of a cell in a file. */
export type Cell = string | number | null

/** A cell of a CSV file; a `decimal` is a number with digits that a double would lose. */
export type CsvCell = Cell | { decimal: string }

/** Without it Excel assumes the system's legacy encoding and garbles Chinese. */
export const byteOrderMark = '\uFEFF'

/**
 * The characters that make a spreadsheet compute a text as a formula (OWASP, CSV Injection); Chinese and
 * Japanese ones also accept the full-width signs.
 */
const computed = /^[=+\-@\t\r\n＝＋－＠]/

/**
 * The same after a `;`, a tab or a line break: in locales that separate lists by semicolons a spreadsheet
 * begins a cell there, quoted or not.
 */
const computedWithin = /(?<=[;\t\r\n])(?=[=+\-@＝＋－＠])/g

/**
 * One line of RFC 4180 CSV. A number stays a number; a text that a spreadsheet would compute gets a leading
 * apostrophe.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(cell: CsvCell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  if (typeof cell === 'object') return cell.decimal
  const text = (computed.test(cell) ? `'${cell}` : cell).replaceAll(computedWithin, "'")
  return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

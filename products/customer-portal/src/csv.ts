/** What a cell of a file may hold. */
export type Cell = string | number | null

/**
 * A cell of a CSV file; a `decimal` is a number as it is to be read, with the digits that a number would
 * lose.
 */
export type CsvCell = Cell | { decimal: string }

/** Without it Excel takes a file for one in the system's old encoding, and Chinese becomes nonsense. */
export const byteOrderMark = '\uFEFF'

/**
 * What makes a spreadsheet compute a text instead of showing it (OWASP, CSV Injection); Chinese and Japanese
 * ones also take the full-width signs.
 */
const computed = /^[=+\-@\t\r\n＝＋－＠]/

/**
 * The same behind a `;`, a tab or a line break: where lists are separated by semicolons, a spreadsheet begins
 * a cell there, quotes or not.
 */
const computedWithin = /(?<=[;\t\r\n])(?=[=+\-@＝＋－＠])/g

/**
 * One line of RFC 4180 CSV. A number stays a number; what a spreadsheet would compute of a text gets an
 * apostrophe before it.
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

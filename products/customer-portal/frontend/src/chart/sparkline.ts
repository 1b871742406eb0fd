/** The outline and the filled shape of a small line chart from zero, as SVG paths in a box. */
export function sparkline(
  values: readonly number[],
  width: number,
  height: number,
): { line: string; area: string } {
  const top = Math.max(1, ...values)
  const step = width / Math.max(1, values.length - 1)
  const y = (value: number) => round(height - 1 - (value / top) * (height - 3))
  const line = values
    .map((value, index) => `${index === 0 ? 'M' : 'L'}${round(index * step)},${y(value)}`)
    .join('')
  return {
    line,
    area: values.length > 0 ? `${line}L${round((values.length - 1) * step)},${height}L0,${height}Z` : '',
  }
}

const round = (number: number) => Math.round(number * 100) / 100

import { colourOf, type Series } from './series.ts'

const fills = { 1: 'fill-series-1', 2: 'fill-series-2', 3: 'fill-series-3', rest: 'fill-series-rest' }
const dots = { 1: 'bg-series-1', 2: 'bg-series-2', 3: 'bg-series-3', rest: 'bg-series-rest' }

/** The class that fills a shape in a series' colour. */
export const fillOf = (series: readonly Series[], index: number) =>
  series[index] ? fills[colourOf(series[index], index)] : ''
/** The class that colours a series' dot. */
export const dotOf = (series: readonly Series[], index: number) =>
  series[index] ? dots[colourOf(series[index], index)] : ''

/**
 * Local time by the time zones of Intl: the engine counts with Temporal, and a test with the same library
 * could only agree with it.
 */

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  formats.set(zone, format)
  return format
}

/** Returns the local time at an instant, as if it were UTC. */
function shownAt(zone: string, milliseconds: number): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(milliseconds)
      .map(({ type, value }) => [type, Number(value)]),
  )
  return Date.UTC(
    parts['year']!,
    parts['month']! - 1,
    parts['day'],
    parts['hour'],
    parts['minute'],
    parts['second'],
  )
}

const offsetAt = (zone: string, milliseconds: number) =>
  shownAt(zone, milliseconds) - Math.floor(milliseconds / 1000) * 1000

/**
 * Parses local time, `2026-03-29 03:30`, optionally with seconds and an offset. Throws for a time that the
 * zone skips.
 */
export function instantFromWall(zone: string, wall: string): string {
  const [, date, minutes, seconds = ':00', fraction = '', offset] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d)(:\d\d)?(?:\.(\d{6}))?(?: ([+-]\d\d:\d\d))?$/.exec(wall) ?? []
  if (date === undefined) throw new Error(`expected a time such as 2026-03-29 03:30, got ${wall}`)
  const shown = Date.parse(`${date}T${minutes}${seconds}Z`)
  const found =
    offset === undefined ? latestShowing(zone, shown) : Date.parse(`${date}T${minutes}${seconds}${offset}`)
  if (found === undefined || shownAt(zone, found) !== shown)
    throw new Error(`no clock in ${zone} shows ${wall}`)
  return `${new Date(found).toISOString().slice(0, 19)}.${fraction.padEnd(6, '0')}Z`
}

function latestShowing(zone: string, shown: number): number | undefined {
  const day = 86_400_000
  const [before, after] = [shown - offsetAt(zone, shown - day), shown - offsetAt(zone, shown + day)]
  const showing = [...new Set([before, after])].filter((instant) => shownAt(zone, instant) === shown)
  if (showing.length > 1) throw new Error(`the clocks in ${zone} show this time twice: add the offset`)
  return showing[0]
}

/** Formats an instant as local time, with its offset on days when clocks change. */
export function wallTime(zone: string, instant: string): string {
  const milliseconds = Date.parse(instant)
  const shown = new Date(shownAt(zone, milliseconds)).toISOString()
  const [seconds, fraction] = [shown.slice(17, 19), instant.slice(20, 26)]
  const offset = offsetAt(zone, milliseconds)
  const changes = offsetAt(zone, milliseconds - 43_200_000) !== offsetAt(zone, milliseconds + 43_200_000)
  const more = fraction !== '000000' ? `:${seconds}.${fraction}` : seconds !== '00' ? `:${seconds}` : ''
  return `${shown.slice(0, 10)} ${shown.slice(11, 16)}${more}${changes ? ` ${offsetText(offset)}` : ''}`
}

function offsetText(milliseconds: number): string {
  const minutes = Math.abs(milliseconds) / 60_000
  return `${milliseconds < 0 ? '-' : '+'}${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

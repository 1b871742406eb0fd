const hour = 3_600_000
const day = 24 * hour
const maxCached = 50_000
const known = new Map<string, number>()
const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * Milliseconds by which a zone is ahead of UTC at an instant. Cached per quarter of an hour, because zones
 * change at no time in between.
 */
export function aheadOfUtc(at: number, timeZone: string): number {
  const key = `${Math.floor(at / (hour / 4))} ${timeZone}`
  const found = known.get(key)
  if (found !== undefined) return found
  const format =
    formats.get(timeZone) ?? new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
  formats.set(timeZone, format)
  const [, sign, hours, minutes] =
    /GMT([+-])(\d{2}):(\d{2})/.exec(
      format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '',
    ) ?? []
  const ahead = sign ? (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000 : 0
  if (known.size >= maxCached) known.clear()
  known.set(key, ahead)
  return ahead
}

/**
 * The instant of a local time given as if it were UTC, in milliseconds: the first of two, undefined when DST
 * skips it.
 */
export function instantShown(shown: number, timeZone: string): number | undefined {
  const offsets = [...new Set([aheadOfUtc(shown - day, timeZone), aheadOfUtc(shown + day, timeZone)])]
  const instants = offsets
    .map((ahead) => shown - ahead)
    .filter((at) => at + aheadOfUtc(at, timeZone) === shown)
  return instants.length > 0 ? Math.min(...instants) : undefined
}

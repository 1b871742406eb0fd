import type { Rejection } from './line.ts'
import type { Totals } from './state.ts'

const shownRejections = 20
const barWidth = 24

/** Shows the progress of an import: a bar on a terminal, a line every five seconds elsewhere. */
export interface Screen {
  say(text: string): void
  progress(share: number, totals: Totals): void
  rejection(rejection: Rejection): void
  end(): void
}

/** Writes to a stream. `now` is a clock in milliseconds. */
export function screenOn(stream: NodeJS.WriteStream, now: () => number = Date.now): Screen {
  const began = now()
  let lastPrinted = began
  let hasBar = false
  let rejections = 0
  const line = (text: string) => {
    stream.write(`${hasBar ? '\r\x1b[2K' : ''}${text}\n`)
    hasBar = false
  }
  return {
    say: line,
    progress(share, totals) {
      const pause = stream.isTTY ? 100 : 5000
      if (now() - lastPrinted < pause) return
      lastPrinted = now()
      const text = progressText(share, totals, now() - began)
      if (!stream.isTTY) return line(text)
      stream.write(`\r\x1b[2K${bar(share)} ${text}`.slice(0, (stream.columns || 80) + 5))
      hasBar = true
    },
    rejection({ line: number, id, code, detail }) {
      rejections += 1
      if (rejections <= shownRejections)
        line(`rejected: line ${number}, ${id || '(no id)'}: ${code}: ${detail}`)
      if (rejections === shownRejections + 1)
        line('… more lines are rejected; --rejected FILE keeps them all.')
    },
    end() {
      if (hasBar) stream.write('\r\x1b[2K')
      hasBar = false
    },
  }
}

function bar(share: number): string {
  const full = Math.floor(Math.min(1, share) * barWidth)
  return `[${'█'.repeat(full)}${'·'.repeat(barWidth - full)}]`
}

/** "42 %, 12,000 lines, 3,400 events/s". */
export function progressText(share: number, totals: Totals, milliseconds: number): string {
  const events = totals.accepted + totals.duplicates + totals.rejected
  const rate = Math.round(events / Math.max(0.001, milliseconds / 1000))
  return (
    `${Math.floor(share * 100)} %, ${count(totals.lines)} lines, ${count(rate)} `
    + `events/s${totals.rejected > 0 ? `, ${count(totals.rejected)} rejected` : ''}`
  )
}

/** A number with separators: 1,234,567. */
export function count(value: number): string {
  return value.toLocaleString('en-US')
}

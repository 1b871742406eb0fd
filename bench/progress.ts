const everyMilliseconds = 5000
let last = { label: '', at: 0 }

/** Prints the progress of a long step to stderr: once when it begins, then every five seconds. */
export function showProgress(label: string, done: number, total: number): void {
  const now = performance.now()
  if (label === last.label && now - last.at < everyMilliseconds) return
  last = { label, at: now }
  process.stderr.write(
    `  ${label}${done > 0 ? `: ${done.toLocaleString('en')} of ${total.toLocaleString('en')}` : ''}\n`,
  )
}

/**
 * Buffers log lines and writes those of one turn of the event loop at once: a write per line costs as much as
 * answering a small request.
 */
export function logLines(write: (text: string) => void): { write(line: string): void; flush(): void } {
  let lines: string[] = []
  const flush = () => {
    if (lines.length === 0) return
    const text = lines.join('')
    lines = []
    write(text)
  }
  return {
    write(line) {
      if (lines.push(line) === 1) setImmediate(flush)
    },
    flush,
  }
}

/** The standard output. Pending lines are written when the process ends. */
export const standardOutput = logLines((text) => void process.stdout.write(text))
process.once('exit', standardOutput.flush)

/**
 * Calls `stop` once the shell that npm runs us in is gone. A SIGTERM to `npm start` ends that shell and
 * reaches nobody below it; without this the server would live on, unseen, and hold its data.
 * @param {() => void} stop
 */
export function whenNpmEnds(stop) {
  if (!process.env.npm_lifecycle_event) return
  const shell = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(watch)
    stop()
  }, 200)
  watch.unref()
}

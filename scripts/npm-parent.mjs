/**
 * Calls `stop` once the shell that npm runs this in is gone. A SIGTERM to `npm start` ends that shell and
 * reaches none of its children; without this the server would keep running, unseen, with its data locked.
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

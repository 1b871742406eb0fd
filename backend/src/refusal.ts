/** The server cannot start as it is set up; the message says so in one sentence, with the remedy. */
export class StartRefused extends Error {
  override name = 'StartRefused'
}

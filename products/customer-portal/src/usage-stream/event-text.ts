/** One event of a stream (HTML, server-sent events). `data` is one line of text, such as JSON. */
export const eventText = (name: string, data: string): string => `event: ${name}\ndata: ${data}\n\n`

/**
 * What a reader leaves out: it shows that somebody is still there, to both sides and to proxies between them.
 */
export const heartbeat = ': here\n\n'

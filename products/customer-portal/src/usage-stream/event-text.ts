/** One server-sent event as text. `data` is a single line, such as JSON. */
export const eventText = (name: string, data: string): string => `event: ${name}\ndata: ${data}\n\n`

/**
 * A comment, which clients ignore: it keeps the connection alive for both sides and for proxies between them.
 */
export const heartbeat = ': here\n\n'

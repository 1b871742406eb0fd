/** One page of a list. `nextCursor` is null on the last one. */
export interface Page<T> {
  data: T[]
  nextCursor: string | null
}

/**
 * A list: awaited, its first page; iterated, its rows one after the other, reading pages as they are needed.
 */
export interface Pages<T> extends PromiseLike<Page<T>>, AsyncIterable<T> {
  /** The pages themselves, up to the last one. */
  pages(): AsyncIterable<Page<T>>
}

/** The list whose pages `read` fetches. */
export function pagesOf<T>(read: (cursor: string | undefined) => Promise<Page<T>>): Pages<T> {
  async function* pages(): AsyncGenerator<Page<T>> {
    let cursor: string | undefined
    do {
      const page = await read(cursor)
      // The activity feed has a cursor at its end too: there, a page whose cursor did not move is the last
      // one.
      const leadsOn = page.nextCursor !== null && page.nextCursor !== cursor
      if (page.data.length === 0 && !leadsOn && cursor !== undefined) return
      yield page
      cursor = leadsOn ? page.nextCursor! : undefined
    } while (cursor !== undefined)
  }
  async function* rows(): AsyncGenerator<T> {
    for await (const page of pages()) yield* page.data
  }
  return {
    then: (resolve, reject) => read(undefined).then(resolve, reject),
    pages,
    [Symbol.asyncIterator]: rows,
  }
}

import { Refused } from './refusal.ts'

/** A running server, and a secret key for it. */
export interface RunningServer {
  url: string
  key: string | undefined
}

interface Asked {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  body?: object
}

/**
 * Sends a request to a running server and returns its answer. Throws Refused with a sentence that says what
 * to do; `why` explains why the server is used at all.
 */
export async function askServer<T>(
  { url, key }: RunningServer,
  { method, path, body }: Asked,
  why?: string,
): Promise<T> {
  const reason = why === undefined ? '' : `${why}\n`
  if (!key)
    throw new Refused(
      `${reason}To work through the running server, give its secret key: `
        + `--key sk_… or BILLING_API_KEY (and --url when it is not ${url}).`,
    )
  let response: Response
  try {
    response = await fetch(new URL(path, url), {
      method,
      redirect: 'error',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: {
        authorization: `Bearer ${key}`,
        'accept-language': 'en',
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
      },
    })
  } catch (error) {
    throw new Refused(`${reason}No server answers at ${url}: give its address with --url.`, { cause: error })
  }
  const answer = (await response.json().catch(() => ({}))) as T & {
    code?: string
    detail?: string
    errors?: { pointer: string; detail: string }[]
  }
  if (response.ok) return answer
  const messages =
    answer.errors?.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ') ?? answer.detail
  if (response.status === 401)
    throw new Refused(
      `The server at ${url} does not know this secret key: give it with --key or BILLING_API_KEY.`,
    )
  if (answer.code === 'not_found')
    throw new Refused(
      `The server at ${url} has no `
        + `${path.includes('/workbench/') ? 'workbench: set ENABLE_AGENT_WORKBENCH=true and start it again' : `address ${path}: it is of another version`}.`,
    )
  throw new Refused(`The server at ${url} refused: ${messages ?? `status ${response.status}`}`)
}

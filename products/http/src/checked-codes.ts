import type { FastifyInstance } from 'fastify'

/** In tests, turns an answer whose code is not documented for its operation into a failure. */
export function checkCodes(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const { codes } = request.routeOptions.config
    const isProblem = String(reply.getHeader('content-type')).startsWith('application/problem+json')
    if (!codes || !isProblem || typeof payload !== 'string') return payload
    const problem = JSON.parse(payload) as { code: string }
    if ((codes as string[]).includes(problem.code)) return payload
    void reply.code(500)
    const operation = `${request.method} ${request.routeOptions.url}`
    const detail = `${operation} answers ${problem.code}, which reference/operations.ts does not name`
    return JSON.stringify({ ...problem, status: 500, code: 'unnamed_code', detail })
  })
}

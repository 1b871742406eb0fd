import {
  createSecretKey,
  listSecretKeys,
  revokeSecretKey,
  rotateSecretKey,
  type Engine,
} from '@customer-portal/billing'
import { PageQuery, type App } from '@customer-portal/http'
import { Page } from '@customer-portal/http/resources'
import { Type } from 'typebox'
import { CreatedKey, KeyInput, RotateInput, SecretKey } from '../contract.ts'

const KeyPath = Type.Object({ keyId: Type.String() })

/**
 * The vendor's secret keys. No `Idempotency-Key` here, because the answers hold secrets and must not be
 * stored.
 */
export function keyRoutes(app: App, engine: Engine): void {
  app.get(
    '/keys',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'The secret keys, newest first',
        tags: ['keys'],
        querystring: PageQuery,
        response: { 200: Page(SecretKey) },
        description:
          'With the beginning and the last four letters of each, never the key itself. '
          + 'Keys that were revoked or have expired are listed too.',
      },
    },
    async (request) => listSecretKeys(engine, request.query),
  )

  app.post(
    '/keys',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'Create a secret key',
        tags: ['keys'],
        body: KeyInput,
        response: { 201: CreatedKey },
        description:
          'The answer holds the key, this once. `read` looks at everything, '
          + '`events` sends usage and asks for quota, `full` does everything.',
      },
    },
    async (request, reply) => reply.code(201).send(await createSecretKey(engine, request.body)),
  )

  app.post(
    '/keys/:keyId/rotate',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'Replace a secret key',
        tags: ['keys'],
        params: KeyPath,
        body: RotateInput,
        response: { 201: CreatedKey },
        description: 'Creates a key that may do the same, and lets the old one end after `overlapSeconds`.',
      },
    },
    async (request, reply) =>
      reply.code(201).send(await rotateSecretKey(engine, { ...request.params, ...request.body })),
  )

  app.post(
    '/keys/:keyId/revoke',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'End a secret key',
        tags: ['keys'],
        params: KeyPath,
        response: { 200: SecretKey },
        description:
          'When the answer is there, no process accepts the key any more. Revoking it again changes nothing.',
      },
    },
    async (request) => revokeSecretKey(engine, request.params),
  )
}

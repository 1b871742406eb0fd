/** The part of our OpenAPI document that the generator of the SDK's types reads itself. */
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>
}

export interface Operation {
  operationId: string
  summary: string
  'x-sdk-method'?: string
  parameters?: { in: 'path' | 'query' | 'header'; name: string }[]
  requestBody?: object
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}

interface Schema {
  type?: string
  properties?: Record<string, Schema>
}

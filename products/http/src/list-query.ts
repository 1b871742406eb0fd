import { Type } from 'typebox'

/** `?limit=&cursor=` of every list. */
export const PageQuery = Type.Object(
  {
    cursor: Type.Optional(
      Type.String({ minLength: 1, maxLength: 4096, description: 'nextCursor of the page before' }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  },
  { additionalProperties: false },
)

const InvoiceFilter = Type.Union([
  Type.Literal('draft'),
  Type.Literal('open'),
  Type.Literal('paid'),
  Type.Literal('void'),
  Type.Literal('overdue'),
])

/** `?status=&year=` and the page of a list of invoices. */
export const InvoiceQuery = Type.Object(
  {
    status: Type.Optional(InvoiceFilter),
    year: Type.Optional(Type.Integer({ minimum: 1970, maximum: 9998 })),
    ...PageQuery.properties,
  },
  { additionalProperties: false },
)

/** `?status=&year=` of the totals of such a list. */
export const InvoiceSummaryQuery = Type.Object(
  { status: InvoiceQuery.properties.status, year: InvoiceQuery.properties.year },
  { additionalProperties: false },
)

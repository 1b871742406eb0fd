import { previewPrice } from '@customer-portal/billing'
import type { App } from '@customer-portal/http'
import { PricingInput, Priced } from '../contract.ts'

/** Previews the charge of a price before a plan has it. Reads and stores nothing. */
export function pricingRoutes(app: App): void {
  app.post(
    '/pricing/preview',
    {
      config: { scope: 'catalogue:read' },
      schema: {
        summary: 'What a price charges for a quantity',
        tags: ['catalogue'],
        description: 'The same computation as on an invoice line, with its explanation. Nothing is kept.',
        body: PricingInput,
        response: { 200: Priced },
      },
    },
    async (request) => previewPrice(request.body),
  )
}

import { ApiError } from '@customer-portal/ui/api-error.ts'
import { toast } from '@customer-portal/ui/toasts.ts'
import { ref } from 'vue'
import type { Invoice } from '@customer-portal/portal-api/contract'
import { api } from '../api.ts'
import { save } from '../downloads/save.ts'
import { useTexts } from '../texts/index.ts'

/** Downloads an invoice's PDF with fetch, because the token belongs in a header and never in a link. */
export function usePdf() {
  const { t } = useTexts()
  const loading = ref<string>()

  async function download(invoice: Invoice) {
    if (loading.value) return
    loading.value = invoice.id
    const number = invoice.number ?? t('invoices.draft')
    try {
      save(await api.invoicePdf(invoice.id), `${number}.pdf`)
    } catch (error) {
      toast(
        'error',
        t('invoices.downloadFailed', { number }),
        error instanceof ApiError ? error.problem?.detail : t('state.failedUnreachable'),
      )
    } finally {
      loading.value = undefined
    }
  }
  return {
    loading,
    download,
    labelOf: (invoice: Invoice) =>
      invoice.number ? t('invoices.download', { number: invoice.number }) : t('invoices.downloadDraft'),
  }
}

import { ApiError, UnreachableError } from '@customer-portal/ui/api-error.ts'
import { formatExact } from '@customer-portal/ui/format/quantity.ts'
import { toast } from '@customer-portal/ui/toasts.ts'
import { ref } from 'vue'
import { api } from '../api.ts'
import { locale } from '../preferences.ts'
import { t } from '../texts/index.ts'
import { arrive, fileName, type Arrival } from './arrival.ts'
import { save } from './save.ts'

/** A file to download. `rows`: its number of lines, when known; only CSV can be counted on arrival. */
export interface Wanted {
  path: string
  query: Record<string, string | undefined>
  title: string
  name: string
  rows?: number | undefined
}

export interface Download extends Wanted {
  id: number
  arrival: Arrival
  cancel: () => void
}

/** Downloads in progress. They continue while the reader opens other pages. */
export const downloads = ref<Download[]>([])
let count = 0
const tellEvery = 200

/** Downloads and saves a file, and shows the result. A cancelled download is not saved. */
export async function download(wanted: Wanted): Promise<void> {
  const id = ++count
  const abort = new AbortController()
  downloads.value = [
    ...downloads.value,
    { ...wanted, id, arrival: { bytes: 0, lines: 0 }, cancel: () => abort.abort() },
  ]
  try {
    const { name, rows } = await fetchFile(wanted, abort.signal, (arrival) => {
      downloads.value = downloads.value.map((one) => (one.id === id ? { ...one, arrival } : one))
    })
    toast(
      'success',
      t('download.done', { name }),
      rows === undefined ? undefined : t('download.rows', { n: formatExact(rows, locale.value) }, rows),
    )
  } catch (error) {
    if (abort.signal.aborted) toast('info', t('download.cancelled', { title: wanted.title }))
    else toast('error', t('download.failed', { title: wanted.title }), reasonOf(error))
  } finally {
    downloads.value = downloads.value.filter((one) => one.id !== id)
  }
}

async function fetchFile(
  wanted: Wanted,
  signal: AbortSignal,
  tell: (arrival: Arrival) => void,
): Promise<{ name: string; rows: number | undefined }> {
  const response = await api.file(wanted.path, wanted.query, signal)
  const type = response.headers.get('Content-Type') ?? ''
  let last: Arrival = { bytes: 0, lines: 0 }
  let told = 0
  const blob = await arrive(response.body!, type, (arrival) => {
    last = arrival
    if (performance.now() - told < tellEvery) return
    told = performance.now()
    tell(arrival)
  })
  signal.throwIfAborted()
  const name = fileName(response.headers.get('Content-Disposition')) ?? wanted.name
  save(blob, name)
  return { name, rows: type.startsWith('text/csv') ? last.lines - 1 : undefined }
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof ApiError) return error.problem?.errors?.[0]?.detail ?? error.problem?.detail
  return t(error instanceof UnreachableError ? 'state.failedUnreachable' : 'download.brokenOff')
}

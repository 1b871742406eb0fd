/** The part of a query that a component renders: its data, or the error. */
export interface QueryView<Data> {
  data: Data | undefined
  isError: boolean
  isFetching: boolean
  error: unknown
  refetch: () => unknown
}

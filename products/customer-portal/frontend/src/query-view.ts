/** What a component needs of a query: its data, or why there is none. */
export interface QueryView<Data> {
  data: Data | undefined
  isError: boolean
  isFetching: boolean
  error: unknown
  refetch: () => unknown
}

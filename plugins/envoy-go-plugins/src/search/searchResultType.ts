/** The type of the documents that the search module collates. */
export const SEARCH_RESULT_TYPE = 'envoy-go-plugins';

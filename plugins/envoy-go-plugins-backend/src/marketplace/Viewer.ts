/**
 * Who looks at the marketplace, as GitHub knows them. `undefined` stands for everybody of
 * whom that is not known: they see what is public.
 */
export interface Viewer {
  /** `github.com`, or the host of a GitHub Enterprise. */
  host: string;
  /** In lower case. */
  login: string;
}

/**
 * The answer of `GET /hidden-plugins`, which only other backends may ask: the plugins that
 * somebody may not know of, because they are in private repositories that GitHub does not
 * show them.
 *
 * @public
 */
export interface HiddenPlugins {
  /** Entity refs, in lower case. */
  entityRefs: string[];
}

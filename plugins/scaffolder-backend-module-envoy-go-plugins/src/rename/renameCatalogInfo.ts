import { InputError } from '@backstage/errors';
import { isMap, isSeq, parseDocument } from 'yaml';
import type { PluginNames } from './PluginNames';
import { renameText } from './renameText';

/** What the entity of a plugin made from another one says about itself. */
export interface NewPluginFacts {
  description?: string;
  /** Entity ref of its owner. */
  owner?: string;
}

/**
 * Renames a plugin in its `catalog-info.yaml`; the comments stay. What was said of the old
 * plugin only is taken back: it is not in production yet, and its
 * sources are elsewhere.
 *
 * @throws InputError when the file is not valid YAML
 */
export function renameCatalogInfo(
  text: string,
  from: PluginNames,
  to: PluginNames,
  facts: NewPluginFacts,
): string {
  const document = parseDocument(renameText(text, from, to));
  if (document.errors.length > 0) {
    throw new InputError(
      `The catalog-info.yaml of ${from.name} is not valid YAML: ${document.errors[0].message}`,
    );
  }
  document.setIn(['metadata', 'name'], to.name);
  document.setIn(['metadata', 'title'], to.title);
  document.setIn(
    ['metadata', 'annotations', 'github.com/project-slug'],
    to.projectSlug,
  );
  // The catalog fills it in with where it finds the file.
  document.deleteIn([
    'metadata',
    'annotations',
    'backstage.io/source-location',
  ]);
  document.deleteIn(['metadata', 'namespace']);
  document.setIn(['spec', 'filterName'], to.filterName);
  document.setIn(['spec', 'lifecycle'], 'experimental');
  const links = document.getIn(['metadata', 'links']);
  if (isSeq(links)) {
    links.items = links.items.filter(
      link => !String(isMap(link) && link.get('url')).includes(to.projectSlug),
    );
    if (links.items.length === 0) {
      document.deleteIn(['metadata', 'links']);
    }
  }
  if (facts.description) {
    document.setIn(['metadata', 'description'], facts.description);
  }
  if (facts.owner) {
    document.setIn(['spec', 'owner'], facts.owner);
  }
  return document.toString({ lineWidth: 0 });
}

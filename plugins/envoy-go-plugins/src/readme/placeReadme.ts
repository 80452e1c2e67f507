import type { Element, ElementContent, Root, RootContent } from 'hast';
import {
  headingAnchor,
  resolveReadmeImage,
  resolveReadmeLink,
} from './readmeAddresses';
import { README_ID_PREFIX } from './readmeSchema';

/** Where a README stands. */
export interface ReadmePlace {
  /** The page that the text stands on, relative to which links resolve. */
  url: string;
  /** The raw file, relative to which images resolve. */
  rawUrl: string;
}

function textOf(node: RootContent | ElementContent): string {
  if (node.type === 'text') {
    return node.value;
  }
  return node.type === 'element' ? node.children.map(textOf).join('') : '';
}

function elementsOf(node: Root | Element): Element[] {
  return node.children.flatMap(child =>
    child.type === 'element' ? [child, ...elementsOf(child)] : [],
  );
}

/**
 * A rehype plugin, for after the sanitiser: addresses become whole ones, headings get the anchors that GitHub gives them
 * (a repeated one with `-1`, `-2` …). What leads nowhere loses its address.
 */
export function placeReadme({ url, rawUrl }: ReadmePlace) {
  return (tree: Root): void => {
    const anchors = new Map<string, number>();
    for (const element of elementsOf(tree)) {
      const { tagName, properties = {} } = element;
      if (tagName === 'a') {
        const href = resolveReadmeLink(String(properties.href ?? ''), url);
        properties.href = href || undefined;
      } else if (tagName === 'img') {
        const src = String(properties.src ?? '');
        properties.src = resolveReadmeImage(src, rawUrl) || undefined;
        properties.dataPage = resolveReadmeLink(src, url) || undefined;
      } else if (/^h[1-6]$/.test(tagName)) {
        const anchor = headingAnchor(textOf(element));
        const before = anchors.get(anchor) ?? 0;
        anchors.set(anchor, before + 1);
        if (anchor) {
          properties.id = `${README_ID_PREFIX}${anchor}${
            before > 0 ? `-${before}` : ''
          }`;
        }
      }
      element.properties = properties;
    }
  };
}

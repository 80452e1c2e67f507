import {
  goPackageName,
  renderGoConfig,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { ConfigField } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** The struct out of the `config.go` that the template will render, with the comment above it. */
export function goStructPreview(fields: ConfigField[], plugin: string): string {
  const file = renderGoConfig(fields, {
    packageName: goPackageName(plugin) || 'filter',
  });
  const lines = file.split('\n');
  const first = lines.findIndex(line => /^type Config struct\b/.test(line));
  if (first < 0) {
    return file;
  }
  const last = lines[first].endsWith('}')
    ? first
    : lines.findIndex((line, index) => index > first && line === '}');
  let comment = first;
  while (comment > 0 && lines[comment - 1].startsWith('//')) {
    comment -= 1;
  }
  return lines.slice(comment, last + 1).join('\n');
}

import { EntityDisplayName } from '@backstage/plugin-catalog-react';
import type { PluginFacet } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { facetValueLabel } from './facetVocabulary';

/** The value of a facet in words; an owner by the name that the catalog gives it. */
export function FacetValueName(props: { facet: PluginFacet; value: string }) {
  const { facet, value } = props;
  if (facet === 'owner') {
    return (
      <EntityDisplayName
        entityRef={value}
        defaultKind="group"
        hideIcon
        disableTooltip
      />
    );
  }
  return <>{facetValueLabel(facet, value)}</>;
}

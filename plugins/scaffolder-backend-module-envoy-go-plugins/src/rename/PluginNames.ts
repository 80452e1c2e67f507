import { goPackageName } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** What a plugin is called, in all the places where it has a name. */
export interface PluginNames {
  /** The entity's name, which is the repository's folder and the library's name too. */
  name: string;
  /** As people read it. */
  title: string;
  /** What it registers under, `spec.filterName`. */
  filterName: string;
  goPackage: string;
  modulePath: string;
  /** `owner/repository` on GitHub. */
  projectSlug: string;
}

/** The names of a plugin whose filter and Go package are called like the plugin itself. */
export function namesOfNewPlugin(options: {
  name: string;
  title: string;
  modulePath: string;
  projectSlug: string;
}): PluginNames {
  return {
    ...options,
    filterName: options.name,
    goPackage: goPackageName(options.name),
  };
}

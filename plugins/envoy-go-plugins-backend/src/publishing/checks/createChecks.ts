import type { PublishCheck } from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import type { GitHubDoor } from '../../github';
import { createBuildChecks } from './createBuildChecks';
import { contentsCheck } from './contentsCheck';
import { createLicenceCheck } from './createLicenceCheck';
import { type TakenNames, createNameCheck } from './createNameCheck';
import { descriptionCheck } from './descriptionCheck';
import { modulePathCheck } from './modulePathCheck';
import { readmeCheck } from './readmeCheck';
import { risksCheck } from './risksCheck';
import type { RequestBuilds } from './RequestBuilds';

/**
 * The checks, in their order.
 *
 * @param options - `added`: those of other modules; one with the id of a built-in one takes
 * its place; `builds`: `undefined` where the portal builds nothing; `envoys`: the versions of
 * Envoy that are supported
 */
export function createChecks(options: {
  door: GitHubDoor;
  names: TakenNames;
  allowedLicences: string[];
  added: PublishCheck[];
  builds: RequestBuilds | undefined;
  envoys: readonly string[];
}): PublishCheck[] {
  const { door, names, allowedLicences, added, builds, envoys } = options;
  const builtIn = [
    descriptionCheck,
    createNameCheck(names),
    createLicenceCheck({ door, allowed: allowedLicences }),
    readmeCheck,
    modulePathCheck,
    contentsCheck,
    risksCheck,
    ...createBuildChecks({ builds, envoys }),
  ];
  const byId = new Map(builtIn.map(check => [check.id, check]));
  for (const check of added) {
    byId.set(check.id, check);
  }
  return [...byId.values()];
}

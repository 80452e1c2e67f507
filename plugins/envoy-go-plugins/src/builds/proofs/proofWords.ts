import type { ComponentType } from 'react';
import type { SvgIconProps } from '@material-ui/core/SvgIcon';
import FailedIcon from '@material-ui/icons/Cancel';
import PassedIcon from '@material-ui/icons/CheckCircle';
import NotRunIcon from '@material-ui/icons/Remove';
import CouldNotRunIcon from '@material-ui/icons/RemoveCircleOutline';
import type { ProofRow } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Tone } from '../../publishing/words';

/** How a version did in an Envoy; `not-run` where nobody tried. */
export type ShownProofOutcome = ProofRow['outcome'] | 'not-run';

/** What the outcome of a proof is called. */
export const PROOF_WORDS: Record<
  ShownProofOutcome,
  { label: string; tone: Tone; Icon: ComponentType<SvgIconProps> }
> = {
  passed: { label: 'passed', tone: 'good', Icon: PassedIcon },
  failed: { label: 'failed', tone: 'bad', Icon: FailedIcon },
  'could-not-run': {
    label: 'could not run',
    tone: 'caution',
    Icon: CouldNotRunIcon,
  },
  'not-run': { label: 'not run', tone: 'neutral', Icon: NotRunIcon },
};

/** Compares two versions of Envoy such as `1.9.0` and `1.38.3` by number, the oldest first. */
export function compareEnvoyVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

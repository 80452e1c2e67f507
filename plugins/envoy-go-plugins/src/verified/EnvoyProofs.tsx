import { makeStyles, useTheme } from '@material-ui/core/styles';
import Tooltip from '@material-ui/core/Tooltip';
import type { EnvoyProof } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { VisuallyHidden } from '../accessibility';
import { PROOF_WORDS } from '../builds/proofs/proofWords';
import { toneColor } from '../publishing/words';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(0, 1.25),
    margin: 0,
    padding: 0,
    listStyle: 'none',
    fontSize: theme.typography.body2.fontSize,
    lineHeight: '24px',
  },
  proof: {
    position: 'relative',
    zIndex: 1,
    display: 'inline-flex',
    alignItems: 'center',
    gap: 2,
    whiteSpace: 'nowrap',
    fontVariantNumeric: 'tabular-nums',
  },
  icon: { fontSize: 16 },
  oneLine: { flexWrap: 'nowrap' },
  label: { color: theme.palette.textSubtle },
}));

function hint(proof: EnvoyProof): string {
  const { outcome, envoy, versions } = proof;
  if (outcome === 'not-run') {
    return `The latest release was not run in Envoy ${envoy}`;
  }
  return `The latest release ${PROOF_WORDS[outcome].label} in Envoy ${
    versions.length > 0 ? versions.join(', ') : envoy
  }`;
}

/** How the latest release of a plugin did in each minor version of Envoy: `Envoy 1.38 ✓ 1.39 ✓ 1.40 ✗`. */
export function EnvoyProofs(props: {
  proofs: EnvoyProof[];
  /** Whether the word Envoy stands before. Default true. */
  labelled?: boolean;
}) {
  const { proofs, labelled = true } = props;
  const classes = useStyles();
  const theme = useTheme();
  return (
    <ul
      className={`${classes.root} ${labelled ? '' : classes.oneLine}`}
      aria-label="Proven in Envoy"
    >
      {labelled && (
        <li className={classes.label} aria-hidden>
          Envoy
        </li>
      )}
      {proofs.map(proof => {
        const { label, tone, Icon } = PROOF_WORDS[proof.outcome];
        return (
          <li key={proof.envoy}>
            <Tooltip title={hint(proof)}>
              <span className={classes.proof}>
                {proof.envoy}
                <Icon
                  className={classes.icon}
                  style={{ color: toneColor(theme, tone) }}
                  aria-hidden
                />
                <VisuallyHidden> {label}</VisuallyHidden>
              </span>
            </Tooltip>
          </li>
        );
      })}
    </ul>
  );
}

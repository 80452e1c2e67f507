import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import type { ProofRow } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { ToneText } from '../../publishing/request/ToneText';
import { RelativeTime } from '../../time';
import { ProofCases } from './ProofCases';
import { PROOF_WORDS, compareEnvoyVersions } from './proofWords';

const useStyles = makeStyles(theme => ({
  root: {
    listStyle: 'none',
    margin: 0,
    padding: 0,
    display: 'grid',
    gap: theme.spacing(1.5),
  },
  top: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0, 1.5),
    alignItems: 'center',
  },
  envoy: { fontWeight: 600 },
  subtle: { color: theme.palette.textSubtle },
}));

/** How one version did in each Envoy, newest Envoy first. */
export function ProofList(props: { proofs: ProofRow[] }) {
  const classes = useStyles();
  const proofs = [...props.proofs].sort((a, b) =>
    compareEnvoyVersions(b.envoy, a.envoy),
  );
  return (
    <ul className={classes.root} aria-label="Proofs">
      {proofs.map(proof => {
        const { label, tone, Icon } = PROOF_WORDS[proof.outcome];
        return (
          <li key={`${proof.envoy} ${proof.platform}`}>
            <div className={classes.top}>
              <span className={classes.envoy}>Envoy {proof.envoy}</span>
              <ToneText tone={tone} Icon={Icon}>
                {label}
              </ToneText>
              <Typography
                variant="body2"
                component="span"
                className={classes.subtle}
              >
                {proof.platform}, <RelativeTime value={proof.provenAt} />
              </Typography>
            </div>
            <ProofCases proof={proof} />
          </li>
        );
      })}
    </ul>
  );
}

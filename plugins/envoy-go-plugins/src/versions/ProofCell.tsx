import { useId, useState } from 'react';
import IconButton from '@material-ui/core/IconButton';
import Popover from '@material-ui/core/Popover';
import { makeStyles, useTheme } from '@material-ui/core/styles';
import Tooltip from '@material-ui/core/Tooltip';
import Typography from '@material-ui/core/Typography';
import type { ProofRow } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { VisuallyHidden } from '../accessibility';
import { counted } from '../administration/lists/countSentence';
import { PROOF_WORDS, ProofCases } from '../builds/proofs';
import { toneColor } from '../publishing/words';
import { relativeTime } from '../time';

const useStyles = makeStyles(theme => ({
  icon: { display: 'inline-flex', padding: 3, fontSize: 22 },
  button: { fontSize: 22 },
  paper: { padding: theme.spacing(2), width: 460, maxWidth: '90vw' },
  title: { fontWeight: 600, marginBottom: theme.spacing(1) },
}));

/** What one hovers over a proof for: how it went and when or, where it failed, at what. */
function hint(proof: ProofRow | undefined): string {
  if (!proof) {
    return 'Not run';
  }
  if (proof.outcome === 'passed') {
    return `Passed ${counted(
      proof.cases.length,
      'case',
      'cases',
    )} ${relativeTime(proof.provenAt)}`;
  }
  const worst = proof.cases.find(({ outcome }) => outcome !== 'passed');
  if (worst) {
    return [`“${worst.name}”`, ...worst.differences.slice(0, 2)].join(': ');
  }
  return proof.reason ?? `It ${PROOF_WORDS[proof.outcome].label}`;
}

/** How a version did in an Envoy: a sign in the matrix; where it did not pass, a click shows the difference. */
export function ProofCell(props: {
  tag: string;
  envoy: string;
  /** `undefined` where it was not run. */
  proof: ProofRow | undefined;
}) {
  const { tag, envoy, proof } = props;
  const classes = useStyles();
  const theme = useTheme();
  const titleId = useId();
  const [anchor, setAnchor] = useState<HTMLElement>();
  const outcome = proof?.outcome ?? 'not-run';
  const { label, tone, Icon } = PROOF_WORDS[outcome];
  const sign = (
    <Icon
      fontSize="inherit"
      style={{ color: toneColor(theme, tone) }}
      aria-hidden
    />
  );

  if (!proof || outcome === 'passed') {
    return (
      <Tooltip title={hint(proof)}>
        <span className={classes.icon}>
          {sign}
          <VisuallyHidden>{label}</VisuallyHidden>
        </span>
      </Tooltip>
    );
  }
  return (
    <>
      <Tooltip title={hint(proof)}>
        <IconButton
          size="small"
          className={classes.button}
          aria-label={`${tag} ${label} in Envoy ${envoy}: show the difference`}
          aria-haspopup="dialog"
          aria-expanded={Boolean(anchor)}
          onClick={event => setAnchor(event.currentTarget)}
        >
          {sign}
        </IconButton>
      </Tooltip>
      <Popover
        open={Boolean(anchor)}
        anchorEl={anchor}
        onClose={() => setAnchor(undefined)}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'center' }}
        transformOrigin={{ vertical: 'top', horizontal: 'center' }}
        PaperProps={{
          className: classes.paper,
          role: 'dialog',
          'aria-labelledby': titleId,
        }}
      >
        <Typography id={titleId} component="h3" className={classes.title}>
          {tag} in Envoy {envoy}: {label}
        </Typography>
        <ProofCases proof={proof} />
      </Popover>
    </>
  );
}

import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import type { ProofRow } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { counted } from '../../administration/lists/countSentence';
import { ToneText } from '../../publishing/request/ToneText';
import { plainText } from '../log/terminalText';
import { PROOF_WORDS } from './proofWords';

const useStyles = makeStyles(theme => ({
  cases: {
    listStyle: 'none',
    margin: theme.spacing(1, 0, 0),
    padding: 0,
    display: 'grid',
    gap: theme.spacing(1.5),
  },
  head: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0, 1),
    alignItems: 'center',
  },
  name: { fontWeight: 600, overflowWrap: 'anywhere' },
  differences: {
    margin: theme.spacing(0.5, 0, 0),
    padding: theme.spacing(1, 1.5),
    borderRadius: theme.shape.borderRadius,
    backgroundColor: theme.palette.background.default,
    border: `1px solid ${theme.palette.divider}`,
    fontSize: 12,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
  subtle: { color: theme.palette.textSubtle },
}));

/** How one version did in one Envoy: why it did not pass, and of every case that did not the differences. */
export function ProofCases(props: { proof: ProofRow }) {
  const { proof } = props;
  const classes = useStyles();
  const passed = proof.cases.filter(({ outcome }) => outcome === 'passed');
  const others = proof.cases.filter(({ outcome }) => outcome !== 'passed');
  return (
    <>
      {proof.reason && <Typography variant="body2">{proof.reason}</Typography>}
      {proof.cases.length > 0 && (
        <Typography variant="body2" className={classes.subtle}>
          {others.length === 0
            ? `${counted(passed.length, 'case', 'cases')} passed`
            : `${passed.length} of ${counted(
                proof.cases.length,
                'case',
                'cases',
              )} passed`}
        </Typography>
      )}
      {others.length > 0 && (
        <ul className={classes.cases}>
          {others.map(({ name, outcome, differences }, index) => {
            const { label, tone, Icon } = PROOF_WORDS[outcome];
            return (
              <li key={index}>
                <div className={classes.head}>
                  <ToneText tone={tone} Icon={Icon}>
                    {label}
                  </ToneText>
                  <span className={classes.name}>{name}</span>
                </div>
                {differences.length > 0 && (
                  <pre className={classes.differences}>
                    {differences.map(plainText).join('\n')}
                  </pre>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}

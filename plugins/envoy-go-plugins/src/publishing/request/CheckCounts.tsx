import { makeStyles } from '@material-ui/core/styles';
import type { PublishRequestSummary } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { CHECK_OUTCOME_WORDS } from '../words';
import { ToneText } from './ToneText';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'inline-flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0, 1.5),
  },
  none: { color: theme.palette.textSubtle },
}));

/** How many checks ended how: "6 passed, 1 failed, 2 could not run". */
export function CheckCounts(props: {
  checks: PublishRequestSummary['checks'];
}) {
  const { passed, failed, couldNotRun } = props.checks;
  const classes = useStyles();
  const counts = [
    { outcome: 'failed', count: failed, words: 'failed' },
    { outcome: 'could-not-run', count: couldNotRun, words: 'could not run' },
    { outcome: 'passed', count: passed, words: 'passed' },
  ] as const;
  const shown = counts.filter(({ count }) => count > 0);
  if (shown.length === 0) {
    return <span className={classes.none}>none yet</span>;
  }
  return (
    <span className={classes.root}>
      {shown.map(({ outcome, count, words }) => (
        <ToneText
          key={outcome}
          tone={CHECK_OUTCOME_WORDS[outcome].tone}
          Icon={CHECK_OUTCOME_WORDS[outcome].Icon}
          strong={false}
        >
          {count} {words}
        </ToneText>
      ))}
    </span>
  );
}

import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import type { PublishCheckResult } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { FindingList } from '../../publishing/request';
import { counted } from '../lists';

/** The check whose findings are the risk report. */
export const RISK_CHECK = 'risks';

const useStyles = makeStyles(theme => ({
  root: { display: 'grid', gap: theme.spacing(2) },
  subtle: { color: theme.palette.textSubtle },
}));

/** What the plugin imports and does that can hurt a proxy; what the previous release did not, first. */
export function RiskReport(props: { check: PublishCheckResult | undefined }) {
  const { check } = props;
  const classes = useStyles();
  if (!check?.outcome) {
    return (
      <Typography className={classes.subtle}>
        Not made yet: the check did not run.
      </Typography>
    );
  }
  const { outcome, summary, findings = [], lookedAt = [] } = check;
  const compared = findings.some(({ isNew }) => isNew !== undefined);
  const fresh = findings.filter(({ isNew }) => isNew);
  const rest = findings.filter(({ isNew }) => !isNew);
  return (
    <div className={classes.root}>
      <div>
        {summary && <Typography>{summary}</Typography>}
        {outcome === 'could-not-run' && (
          <Typography>
            So nothing is known of its risks: read the source yourself.
          </Typography>
        )}
        {lookedAt.length > 0 && (
          <Typography variant="body2" className={classes.subtle}>
            Looked at {lookedAt.join(', ')}
          </Typography>
        )}
      </div>
      {fresh.length > 0 && (
        <div>
          <Typography variant="subtitle2" component="h4">
            {counted(fresh.length, 'risk', 'risks')} that the previous release
            did not have
          </Typography>
          <FindingList findings={fresh} label="New risks" />
        </div>
      )}
      {rest.length > 0 && (
        <div>
          {compared && (
            <Typography variant="subtitle2" component="h4">
              As in the previous release
            </Typography>
          )}
          <FindingList findings={rest} label="Risks" />
        </div>
      )}
    </div>
  );
}

import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import { Link } from '@backstage/core-components';
import type { PublishCheckFinding } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { toneColor } from '../words';

const useStyles = makeStyles(theme => ({
  root: {
    listStyle: 'none',
    margin: theme.spacing(1, 0, 0),
    padding: 0,
    display: 'grid',
    gap: theme.spacing(1),
  },
  finding: {
    paddingLeft: theme.spacing(1.5),
    borderLeft: `3px solid ${theme.palette.divider}`,
    overflowWrap: 'anywhere',
  },
  problem: { borderLeftColor: toneColor(theme, 'bad') },
  isNew: {
    marginLeft: theme.spacing(1),
    padding: '0 6px',
    borderRadius: 8,
    border: '1px solid currentColor',
    fontSize: theme.typography.caption.fontSize,
    color: toneColor(theme, 'caution'),
    whiteSpace: 'nowrap',
  },
  subtle: { color: theme.palette.textSubtle },
}));

function Place(props: { finding: PublishCheckFinding }) {
  const { path, line, url } = props.finding;
  if (!path && !url) {
    return null;
  }
  const place = path ? `${path}${line ? `:${line}` : ''}` : 'on GitHub';
  return url ? (
    <Link to={url} underline="always">
      {place}
    </Link>
  ) : (
    <code>{place}</code>
  );
}

/** What a check found, each with where it is and how to mend it. */
export function FindingList(props: {
  findings: PublishCheckFinding[];
  /** Its name for screen readers. */
  label: string;
}) {
  const { findings, label } = props;
  const classes = useStyles();
  return (
    <ul className={classes.root} aria-label={label}>
      {findings.map((finding, index) => (
        <li
          key={index}
          className={`${classes.finding} ${
            finding.severity === 'problem' ? classes.problem : ''
          }`}
        >
          <Typography variant="body2" component="div">
            {finding.message} <Place finding={finding} />
            {finding.isNew && (
              <span
                className={classes.isNew}
                title="The previous release did not have it"
              >
                new
              </span>
            )}
          </Typography>
          {finding.mend && (
            <Typography
              variant="body2"
              component="div"
              className={classes.subtle}
            >
              {finding.mend}
            </Typography>
          )}
        </li>
      ))}
    </ul>
  );
}

import { makeStyles, useTheme } from '@material-ui/core/styles';
import DoneIcon from '@material-ui/icons/CheckCircle';
import FailedIcon from '@material-ui/icons/Cancel';
import CurrentIcon from '@material-ui/icons/RadioButtonChecked';
import AheadIcon from '@material-ui/icons/RadioButtonUnchecked';
import type { PublishRequest } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { VisuallyHidden } from '../../accessibility';
import { toneColor } from '../words';
import { requestStages } from './requestStages';

const useStyles = makeStyles(theme => ({
  root: {
    listStyle: 'none',
    margin: 0,
    padding: 0,
    display: 'grid',
    gridTemplateColumns: 'repeat(4, minmax(0, 1fr))',
  },
  stage: {
    position: 'relative',
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    textAlign: 'center',
    gap: theme.spacing(0.5),
    fontSize: theme.typography.body2.fontSize,
    // The line that joins a stage to the one before it.
    '&:not(:first-child)::before': {
      content: '""',
      position: 'absolute',
      top: 11,
      right: 'calc(50% + 18px)',
      left: 'calc(-50% + 18px)',
      borderTop: `2px solid ${theme.palette.divider}`,
    },
  },
  current: { fontWeight: 600 },
  ahead: { color: theme.palette.textSubtle },
}));

const PROGRESS_WORDS = {
  done: 'done',
  current: 'now',
  failed: 'failed',
  ahead: 'to come',
};

/** How far a request has come: checks, hand over, review, publication. */
export function RequestStages(props: { request: PublishRequest }) {
  const classes = useStyles();
  const theme = useTheme();
  return (
    <ol className={classes.root} aria-label="How far it has come">
      {requestStages(props.request).map(({ title, progress }) => {
        const [Icon, color] = {
          done: [DoneIcon, toneColor(theme, 'good')] as const,
          current: [CurrentIcon, theme.palette.text.primary] as const,
          failed: [FailedIcon, toneColor(theme, 'bad')] as const,
          ahead: [AheadIcon, toneColor(theme, 'neutral')] as const,
        }[progress];
        return (
          <li
            key={title}
            className={`${classes.stage} ${
              progress === 'ahead' ? classes.ahead : ''
            } ${progress === 'current' ? classes.current : ''}`}
            aria-current={progress === 'current' ? 'step' : undefined}
          >
            <Icon aria-hidden style={{ color }} />
            <span>
              {title}
              <VisuallyHidden>, {PROGRESS_WORDS[progress]}</VisuallyHidden>
            </span>
          </li>
        );
      })}
    </ol>
  );
}

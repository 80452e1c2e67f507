import { makeStyles } from '@material-ui/core/styles';
import Tooltip from '@material-ui/core/Tooltip';
import VerifiedIcon from '@material-ui/icons/CheckCircle';
import type { VerifiedVersion } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { ToneText } from '../publishing/request/ToneText';
import { relativeTime } from '../time';

/** What shows on hover has to be reached with the keyboard, too (WCAG 2.1, 2.1.1). */
const REACHABLE = { tabIndex: 0 };

const useStyles = makeStyles(theme => ({
  root: {
    flex: 'none',
    // On a card, whose link covers all of it, hovering has to reach the label.
    position: 'relative',
    zIndex: 1,
    borderRadius: theme.shape.borderRadius,
    fontSize: theme.typography.body2.fontSize,
    '&:focus-visible': { outline: `2px solid ${theme.palette.primary.main}` },
  },
}));

const list = new Intl.ListFormat('en');

/** What "verified" means of a plugin: which version was proven in which Envoys, and when. */
export function verifiedSentence(verified: VerifiedVersion): string {
  return `${verified.tag} was proven in Envoy ${list.format(
    verified.envoys,
  )}, ${relativeTime(verified.at)}.`;
}

/** Says of a plugin that its latest release was proven in a real Envoy; hover says which, and when. Else nothing. */
export function VerifiedLabel(props: {
  verified: VerifiedVersion | undefined;
}) {
  const { verified } = props;
  const classes = useStyles();
  if (!verified) {
    return null;
  }
  return (
    <Tooltip title={verifiedSentence(verified)}>
      <span className={classes.root} role="note" {...REACHABLE}>
        <ToneText tone="good" Icon={VerifiedIcon}>
          verified
        </ToneText>
      </span>
    </Tooltip>
  );
}

import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/core-plugin-api';
import type { PluginVersion } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { useBuild } from '../builds/answers';
import { BUILD_STATE_WORDS, isBuildOver } from '../builds/words';
import { ToneText } from '../publishing/request/ToneText';
import { buildsRouteRef } from '../routes';

const useStyles = makeStyles(theme => ({
  root: { marginTop: theme.spacing(0.25), maxWidth: 420 },
  reason: { overflowWrap: 'anywhere' },
  subtle: { color: theme.palette.textSubtle },
}));

/** Where a build is: "Building: proof 1.40.0". */
function Going(props: { build: NonNullable<PluginVersion['build']> }) {
  const { build } = props;
  const { build: live } = useBuild(build.id);
  const state = live?.state ?? build.state;
  const step = live?.steps.find(one => one.state === 'running');
  const { label, tone, Icon } = BUILD_STATE_WORDS[state];
  return (
    <ToneText tone={tone} Icon={Icon}>
      {step && !isBuildOver(state) ? `${label}: ${step.name}` : label}
    </ToneText>
  );
}

/** What becomes of a version's build, as long as it has not passed. */
export function BuildOfVersion(props: { version: PluginVersion }) {
  const { build, image, noImageReason } = props.version;
  const classes = useStyles();
  const builds = useRouteRef(buildsRouteRef)();
  if (!build) {
    return (
      <Typography variant="body2" className={classes.subtle}>
        Not built
      </Typography>
    );
  }
  if (build.state === 'passed') {
    return image || !noImageReason ? null : (
      <Typography variant="body2" className={classes.reason}>
        No image: {noImageReason}
      </Typography>
    );
  }
  const { label, tone, Icon } = BUILD_STATE_WORDS[build.state];
  return (
    <Typography variant="body2" component="div" className={classes.root}>
      <Link to={`${builds}/${encodeURIComponent(build.id)}`}>
        {isBuildOver(build.state) ? (
          <ToneText tone={tone} Icon={Icon}>
            {`Build ${label.toLocaleLowerCase('en-US')}`}
          </ToneText>
        ) : (
          <Going build={build} />
        )}
      </Link>
      {build.reason && <div className={classes.reason}>{build.reason}</div>}
    </Typography>
  );
}

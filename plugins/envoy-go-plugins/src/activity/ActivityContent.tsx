import type { ComponentType } from 'react';
import Chip from '@material-ui/core/Chip';
import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import ArchivedIcon from '@material-ui/icons/ArchiveOutlined';
import DeletedIcon from '@material-ui/icons/DeleteOutlined';
import ChangedIcon from '@material-ui/icons/EditOutlined';
import RenamedIcon from '@material-ui/icons/LabelOutlined';
import ReleasedIcon from '@material-ui/icons/LocalOfferOutlined';
import PrivateIcon from '@material-ui/icons/LockOutlined';
import PublicIcon from '@material-ui/icons/LockOpenOutlined';
import AlarmIcon from '@material-ui/icons/ReportProblemOutlined';
import TransferredIcon from '@material-ui/icons/SwapHoriz';
import UnarchivedIcon from '@material-ui/icons/UnarchiveOutlined';
import Skeleton from '@material-ui/lab/Skeleton';
import { Link } from '@backstage/core-components';
import type { PluginActivity } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { readableErrorColor } from '../accessibility';
import { AsOfNote, LoadFailure } from '../feedback';
import { LiveAnnouncement } from '../live-updates';
import { usePluginEntity } from '../plugin-entity';
import { usePluginActivity, usePluginDetails } from '../plugin-facts';
import { RelativeTime } from '../time';

const ICONS: Record<
  PluginActivity['type'],
  ComponentType<{ className?: string; 'aria-hidden'?: boolean }>
> = {
  released: ReleasedIcon,
  'release-changed': ChangedIcon,
  'release-deleted': DeletedIcon,
  yanked: DeletedIcon,
  'tag-moved': AlarmIcon,
  renamed: RenamedIcon,
  transferred: TransferredIcon,
  archived: ArchivedIcon,
  unarchived: UnarchivedIcon,
  deleted: DeletedIcon,
  recreated: AlarmIcon,
  privatized: PrivateIcon,
  publicized: PublicIcon,
};

const useStyles = makeStyles(theme => ({
  list: { listStyle: 'none', margin: 0, padding: 0 },
  item: {
    display: 'flex',
    gap: theme.spacing(1.5),
    padding: theme.spacing(1.5, 2),
    borderLeft: '4px solid transparent',
    '& + &': { borderTop: `1px solid ${theme.palette.divider}` },
  },
  alarm: { borderLeftColor: readableErrorColor(theme) },
  icon: { flex: 'none', color: theme.palette.textSubtle },
  alarmIcon: { flex: 'none', color: readableErrorColor(theme) },
  body: { flex: 1, minWidth: 0, overflowWrap: 'anywhere' },
  chip: {
    margin: theme.spacing(0, 0, 0, 1),
    color: readableErrorColor(theme),
    borderColor: readableErrorColor(theme),
  },
  subtle: { color: theme.palette.textSubtle },
  empty: { padding: theme.spacing(4) },
  foot: { marginTop: theme.spacing(2) },
}));

function Happening(props: { activity: PluginActivity }) {
  const { type, at, message, alarm, actor, url } = props.activity;
  const classes = useStyles();
  const Icon = alarm ? AlarmIcon : ICONS[type] ?? ChangedIcon;
  return (
    <li className={`${classes.item} ${alarm ? classes.alarm : ''}`}>
      <Icon className={alarm ? classes.alarmIcon : classes.icon} aria-hidden />
      <div className={classes.body}>
        {url ? <Link to={url}>{message}</Link> : message}
        {alarm && (
          <Chip
            className={classes.chip}
            size="small"
            variant="outlined"
            label="alarm"
          />
        )}
        <Typography variant="body2" className={classes.subtle}>
          <RelativeTime value={at} />
          {actor && <> by {actor}</>}
        </Typography>
      </div>
    </li>
  );
}

/** What happened to a plugin, newest first; what somebody should look into is marked. */
export function ActivityContent() {
  const classes = useStyles();
  const { locator } = usePluginEntity();
  const { value, error, refreshError, retry } = usePluginActivity(locator);
  const { value: plugin } = usePluginDetails(locator);

  if (error) {
    return (
      <LoadFailure
        title="The activity could not be listed"
        error={error}
        onRetry={retry}
      />
    );
  }
  return (
    <>
      {value?.length === 0 ? (
        <Paper variant="outlined" className={classes.empty}>
          <Typography variant="h6" component="h2" gutterBottom>
            Nothing happened yet
          </Typography>
          <Typography>
            Releases, moved tags, renames and transfers of the repository appear
            here as GitHub tells of them.
          </Typography>
        </Paper>
      ) : (
        <Paper variant="outlined">
          <ul className={classes.list} aria-label="Activity" aria-busy={!value}>
            {value
              ? value.map((activity, index) => (
                  <Happening
                    key={`${activity.at} ${activity.type} ${
                      value.length - index
                    }`}
                    activity={activity}
                  />
                ))
              : [1, 2, 3].map(row => (
                  <li key={row} className={classes.item}>
                    <Skeleton width="100%" height={42} />
                  </li>
                ))}
          </ul>
        </Paper>
      )}
      {value && plugin?.repository && (
        <div className={classes.foot}>
          <AsOfNote
            asOf={plugin.repository.asOf}
            staleReason={plugin.repository.staleReason}
            refreshError={refreshError}
          />
        </div>
      )}
      <LiveAnnouncement of={value && `${value.length} ${value[0]?.message}`}>
        {`New: ${value?.[0]?.message ?? ''}`}
      </LiveAnnouncement>
    </>
  );
}

import type { ComponentType } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import Tooltip from '@material-ui/core/Tooltip';
import type { SvgIconProps } from '@material-ui/core/SvgIcon';
import DoneIcon from '@material-ui/icons/CheckCircleOutline';
import DeadIcon from '@material-ui/icons/ErrorOutline';
import WaitingIcon from '@material-ui/icons/HourglassEmpty';
import IgnoredIcon from '@material-ui/icons/NotInterested';
import FailedIcon from '@material-ui/icons/ReportProblemOutlined';
import WorkingIcon from '@material-ui/icons/Autorenew';
import type { DeliveryState } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { readableErrorColor } from '../../accessibility';

/** What a state is called, and what it means to an administrator. */
export const DELIVERY_STATE_WORDS: Record<
  DeliveryState,
  { label: string; meaning: string; Icon: ComponentType<SvgIconProps> }
> = {
  received: {
    label: 'Received',
    meaning: 'Stored; a worker will handle it in a moment.',
    Icon: WaitingIcon,
  },
  processing: {
    label: 'Processing',
    meaning: 'A worker handles it right now.',
    Icon: WorkingIcon,
  },
  done: {
    label: 'Done',
    meaning: 'Handled; what it caused stands on its page.',
    Icon: DoneIcon,
  },
  ignored: {
    label: 'Ignored',
    meaning: 'Stored, but nothing here depends on this event.',
    Icon: IgnoredIcon,
  },
  failed: {
    label: 'Failed',
    meaning: 'The last attempt failed; it is tried again by itself.',
    Icon: FailedIcon,
  },
  dead: {
    label: 'Dead',
    meaning:
      'Failed too often and is not tried again by itself. Look at the error, then replay it.',
    Icon: DeadIcon,
  },
};

const useStyles = makeStyles(theme => ({
  root: {
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.75),
    whiteSpace: 'nowrap',
  },
  icon: { fontSize: 18, color: theme.palette.textSubtle },
  bad: { color: readableErrorColor(theme), fontWeight: 600 },
  badIcon: { fontSize: 18, color: readableErrorColor(theme) },
}));

/** The state of a delivery in a word and an icon; hover says what it means. */
export function DeliveryStateLabel(props: { state: DeliveryState }) {
  const classes = useStyles();
  const { label, meaning, Icon } = DELIVERY_STATE_WORDS[props.state];
  const bad = props.state === 'dead';
  return (
    <Tooltip title={meaning}>
      <span className={`${classes.root} ${bad ? classes.bad : ''}`}>
        <Icon className={bad ? classes.badIcon : classes.icon} aria-hidden />
        {label}
      </span>
    </Tooltip>
  );
}

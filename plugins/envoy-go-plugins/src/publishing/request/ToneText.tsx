import type { ComponentType, ReactNode } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import type { Theme } from '@material-ui/core/styles';
import type { SvgIconProps } from '@material-ui/core/SvgIcon';
import { toneColor } from '../words';
import type { Tone } from '../words';

const useStyles = makeStyles<Theme, { tone: Tone; strong: boolean }>(theme => ({
  root: {
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.75),
    whiteSpace: 'nowrap',
    color: ({ tone }) =>
      tone === 'neutral' ? undefined : toneColor(theme, tone),
    fontWeight: ({ tone, strong }) =>
      strong && tone !== 'neutral' ? 600 : undefined,
  },
  icon: {
    fontSize: 18,
    color: ({ tone }) => toneColor(theme, tone),
  },
}));

/** A word with its icon, in the colour of how it is meant. */
export function ToneText(props: {
  tone: Tone;
  Icon: ComponentType<SvgIconProps>;
  /** Whether it is to stand out from what is around it. Default true. */
  strong?: boolean;
  children: ReactNode;
}) {
  const { tone, Icon, strong = true, children } = props;
  const classes = useStyles({ tone, strong });
  return (
    <span className={classes.root}>
      <Icon className={classes.icon} aria-hidden />
      {children}
    </span>
  );
}

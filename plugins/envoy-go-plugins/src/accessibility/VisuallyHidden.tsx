import type { PropsWithChildren } from 'react';
import { makeStyles } from '@material-ui/core/styles';

const useStyles = makeStyles({
  root: {
    position: 'absolute',
    width: 1,
    height: 1,
    margin: -1,
    padding: 0,
    border: 0,
    overflow: 'hidden',
    clip: 'rect(0 0 0 0)',
    whiteSpace: 'nowrap',
  },
});

/** Text that is there for screen readers alone. */
export function VisuallyHidden(
  props: PropsWithChildren<{ component?: 'span' | 'h2' }>,
) {
  const { component: Component = 'span', children } = props;
  const classes = useStyles();
  return <Component className={classes.root}>{children}</Component>;
}

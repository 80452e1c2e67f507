import {
  Link,
  sidebarConfig,
  useSidebarOpenState,
} from '@backstage/core-components';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';

const useStyles = makeStyles({
  link: {
    display: 'flex',
    alignItems: 'center',
    height: 72,
    paddingLeft: (sidebarConfig.drawerWidthClosed - 32) / 2,
    color: '#ffffff',
    whiteSpace: 'nowrap',
  },
  mark: { width: 32, height: 32, flex: 'none' },
  name: { marginLeft: 16, fontWeight: 600 },
});

/** A hexagon with two layers: a filter in a chain. */
export const PortalLogo = () => {
  const classes = useStyles();
  const { isOpen } = useSidebarOpenState();
  return (
    <Link to="/" underline="none" className={classes.link} aria-label="Home">
      <svg className={classes.mark} viewBox="0 0 32 32" aria-hidden="true">
        <path
          d="M16 2 28 9v14L16 30 4 23V9Z"
          fill="none"
          stroke="#7df3e1"
          strokeWidth="2.4"
          strokeLinejoin="round"
        />
        <path
          d="M10 12h12M10 16h12M10 20h7"
          stroke="#ffffff"
          strokeWidth="2.4"
          strokeLinecap="round"
        />
      </svg>
      {isOpen && <Typography className={classes.name}>Portal</Typography>}
    </Link>
  );
};

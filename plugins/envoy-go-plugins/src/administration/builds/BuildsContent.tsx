import { makeStyles } from '@material-ui/core/styles';
import ToggleButton from '@material-ui/lab/ToggleButton';
import ToggleButtonGroup from '@material-ui/lab/ToggleButtonGroup';
import { useSearchParams } from 'react-router-dom';
import { useConnectedRunners } from '../../builds/answers';
import { readOneOf } from '../lists';
import { BuildList } from './BuildList';
import { RunnerList } from './RunnerList';

const VIEWS = ['builds', 'runners'] as const;

const useStyles = makeStyles(theme => ({
  views: { marginBottom: theme.spacing(2) },
  view: {
    textTransform: 'none',
    padding: theme.spacing(0.5, 2),
    '&, &.Mui-selected': { color: theme.palette.text.primary },
  },
}));

/** What is built, and what builds it: two views of one tab. */
export function BuildsContent() {
  const classes = useStyles();
  const [params, setParams] = useSearchParams();
  const view = readOneOf(params, 'view', VIEWS) ?? 'builds';
  const connected = useConnectedRunners(true);
  return (
    <>
      <ToggleButtonGroup
        exclusive
        size="small"
        value={view}
        aria-label="View"
        className={classes.views}
        onChange={(_, wanted) => {
          if (wanted) {
            setParams(wanted === 'runners' ? { view: wanted } : {});
          }
        }}
      >
        <ToggleButton value="builds" className={classes.view}>
          Builds
        </ToggleButton>
        <ToggleButton value="runners" className={classes.view}>
          {connected === 0 ? 'Runners: none connected' : 'Runners'}
        </ToggleButton>
      </ToggleButtonGroup>
      {view === 'builds' ? <BuildList /> : <RunnerList />}
    </>
  );
}

import { useMemo, useState } from 'react';
import { makeStyles, useTheme } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import Typography from '@material-ui/core/Typography';
import Button from '@material-ui/core/Button';
import Skeleton from '@material-ui/lab/Skeleton';
import { useLocation, useNavigate } from 'react-router-dom';
import { useApi } from '@backstage/core-plugin-api';
import type { Build } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { describeRefusal } from '../../administration/answers/describeRefusal';
import { counted } from '../../administration/lists/countSentence';
import {
  readText,
  writeParameters,
} from '../../administration/lists/addressParameters';
import { useAddressState } from '../../administration/lists/useAddressState';
import type { AddressState } from '../../administration/lists/useAddressState';
import { envoyGoPluginsBuildsApiRef } from '../../api';
import { DownloadButton } from '../../downloads';
import { SearchField } from '../../marketplace/SearchField';
import { RequestSection } from '../../publishing/request/RequestSection';
import { useBuildLog } from '../answers';
import { isBuildOver } from '../words';
import { LogWindow } from './LogWindow';
import { plainText } from './terminalText';

const useStyles = makeStyles(theme => ({
  fields: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1.5),
    alignItems: 'center',
    marginBottom: theme.spacing(1),
  },
  step: { minWidth: 180, flex: '0 1 220px' },
  label: { color: theme.palette.textSubtle },
  search: { flex: '1 1 220px' },
  note: {
    minHeight: 24,
    color: theme.palette.textSubtle,
    marginBottom: theme.spacing(0.5),
  },
  empty: { padding: theme.spacing(3, 0), color: theme.palette.textSubtle },
}));

interface LogState {
  step: string;
  text: string;
}

const logAddress: AddressState<LogState> = {
  parse: params => ({
    step: readText(params, 'step'),
    text: readText(params, 'q'),
  }),
  format: state => writeParameters({ step: state.step, q: state.text }),
};

function markedLine(hash: string): number | undefined {
  const number = Number(/^#L(\d{1,9})$/.exec(hash)?.[1]);
  return number > 0 ? number : undefined;
}

/** What stands where a build has not logged anything. */
function emptySentence(build: Build, open: boolean): string {
  if (build.logRemovedAt !== undefined) {
    return 'The log is gone: logs of builds that ended long ago are removed.';
  }
  if (build.state === 'queued') {
    return 'Nothing was logged yet: the build has not begun.';
  }
  return open && !isBuildOver(build.state)
    ? 'Nothing was logged yet.'
    : 'Nothing was logged.';
}

/** The log of a build, as it is written: all of it, of one step, or the lines with a text. */
export function BuildLog(props: { build: Build }) {
  const { build } = props;
  const classes = useStyles();
  const theme = useTheme();
  const api = useApi(envoyGoPluginsBuildsApiRef);
  const navigate = useNavigate();
  const { hash, search } = useLocation();
  const [state, change] = useAddressState(logAddress);
  const { lines, open, complete, error, retry } = useBuildLog(
    build.id,
    build.attempts,
  );
  const [marked, setMarked] = useState(() => markedLine(hash));

  const steps = useMemo(() => {
    const known = new Set(build.steps.map(({ name }) => name));
    lines?.forEach(({ step }) => known.add(step));
    if (state.step) {
      known.add(state.step);
    }
    return [...known];
  }, [build.steps, lines, state.step]);
  const shown = useMemo(() => {
    const wanted = state.text.toLocaleLowerCase('en-US');
    return lines?.filter(
      ({ step, text }) =>
        (!state.step || step === state.step) &&
        (!wanted ||
          plainText(text).toLocaleLowerCase('en-US').includes(wanted)),
    );
  }, [lines, state.step, state.text]);

  const narrowed = Boolean(state.step || state.text);
  let note = '';
  if (lines?.length && shown) {
    const total = counted(lines.length, 'line', 'lines');
    note = narrowed
      ? `${counted(shown.length, 'line', 'lines')} of ${total}`
      : total;
    if (!complete && build.logLines > lines.length) {
      note = `${note}; reading ${counted(build.logLines, 'line', 'lines')} …`;
    } else if (open && !isBuildOver(build.state)) {
      note = `${note}; more as they come`;
    }
  }

  return (
    <RequestSection
      title="Log"
      aside={
        <DownloadButton
          name={`build-${build.id}.log`}
          load={() => api.downloadBuildLog(build.id)}
          what="the whole log"
          disabled={!lines?.length}
        >
          Download
        </DownloadButton>
      }
    >
      <div className={classes.fields} role="search" aria-label="Log">
        <TextField
          className={classes.step}
          select
          size="small"
          variant="outlined"
          label="Step"
          id="envoy-go-plugins-build-step"
          value={state.step}
          SelectProps={{ native: true }}
          InputLabelProps={{ shrink: true, className: classes.label }}
          onChange={event => {
            const step = event.target.value;
            change(current => ({ ...current, step }), { replace: true });
          }}
        >
          <option value="">All steps</option>
          {steps.map(step => (
            <option key={step} value={step}>
              {step}
            </option>
          ))}
        </TextField>
        <div className={classes.search}>
          <SearchField
            text={state.text}
            label="Search the log"
            placeholder="Lines with …"
            onSearch={(text, options) =>
              change(current => ({ ...current, text }), options)
            }
          />
        </div>
      </div>
      <Typography variant="body2" component="div" className={classes.note}>
        {lines ? note : !error && <Skeleton width={120} />}
      </Typography>
      {error && (
        <Typography variant="body2" role="alert" gutterBottom>
          {describeRefusal(error)}{' '}
          {lines?.length ? 'Shown is what came before. ' : ''}
          <Button size="small" onClick={retry}>
            Retry
          </Button>
        </Typography>
      )}
      {!lines && !error && <Skeleton variant="rect" height={320} aria-hidden />}
      {shown && shown.length === 0 && !error && (
        <Typography className={classes.empty}>
          {narrowed && lines?.length
            ? 'No line matches.'
            : emptySentence(build, open)}
        </Typography>
      )}
      {shown && shown.length > 0 && (
        <LogWindow
          key={`${build.attempts} ${state.step} ${state.text}`}
          lines={shown}
          label={state.step ? `Log of ${state.step}` : 'Log of all steps'}
          open={open}
          dark={theme.palette.type === 'dark'}
          marked={marked}
          onMark={number => {
            setMarked(number);
            navigate({ search, hash: `#L${number}` }, { replace: true });
          }}
        />
      )}
    </RequestSection>
  );
}

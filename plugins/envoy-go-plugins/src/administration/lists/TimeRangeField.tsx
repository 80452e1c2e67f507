import { useState } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import { DateTime } from 'luxon';
import { TIME_SPANS, timeSpanOf } from './timeRange';
import type { TimeRange } from './timeRange';

const useStyles = makeStyles(theme => ({
  root: { display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1) },
  field: {
    backgroundColor: theme.palette.background.paper,
    minWidth: 140,
    flex: 1,
  },
  label: { color: theme.palette.textSubtle },
}));

const CUSTOM = 'custom';

/** What an `<input type="datetime-local">` shows for a moment. */
function toLocalInput(moment: string | undefined): string {
  const time = moment ? DateTime.fromISO(moment) : undefined;
  return time?.isValid ? time.toFormat("yyyy-MM-dd'T'HH:mm") : '';
}

function fromLocalInput(value: string): string | undefined {
  const time = DateTime.fromISO(value).toUTC();
  return time.isValid ? time.toISO({ suppressMilliseconds: true }) : undefined;
}

/** Narrows a list to a time: the last hours or days, or from one moment to another. */
export function TimeRangeField(props: {
  id: string;
  range: TimeRange;
  onChange: (range: TimeRange) => void;
}) {
  const { id, range, onChange } = props;
  const classes = useStyles();
  const [customWanted, setCustomWanted] = useState(false);
  const custom = !range.span && (customWanted || range.from || range.to);

  return (
    <div className={classes.root}>
      <TextField
        className={classes.field}
        select
        size="small"
        variant="outlined"
        label="Time"
        id={`${id}-within`}
        value={custom ? CUSTOM : range.span ?? ''}
        SelectProps={{ native: true }}
        InputLabelProps={{ className: classes.label, shrink: true }}
        onChange={event => {
          const { value } = event.target;
          setCustomWanted(value === CUSTOM);
          onChange({ span: timeSpanOf(value) });
        }}
      >
        <option value="">Any time</option>
        {Object.entries(TIME_SPANS).map(([span, { label }]) => (
          <option key={span} value={span}>
            {label}
          </option>
        ))}
        <option value={CUSTOM}>From … to …</option>
      </TextField>
      {custom &&
        (['from', 'to'] as const).map(end => (
          <TextField
            key={end}
            className={classes.field}
            size="small"
            variant="outlined"
            type="datetime-local"
            id={`${id}-${end}`}
            label={end === 'from' ? 'From' : 'To'}
            InputLabelProps={{ className: classes.label, shrink: true }}
            value={toLocalInput(range[end])}
            onChange={event =>
              onChange({
                from: range.from,
                to: range.to,
                [end]: fromLocalInput(event.target.value),
              })
            }
          />
        ))}
    </div>
  );
}

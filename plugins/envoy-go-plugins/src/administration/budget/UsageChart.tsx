import { useId, useState } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles, useTheme } from '@material-ui/core/styles';
import Table from '@material-ui/core/Table';
import TableBody from '@material-ui/core/TableBody';
import TableCell from '@material-ui/core/TableCell';
import TableContainer from '@material-ui/core/TableContainer';
import TableHead from '@material-ui/core/TableHead';
import TableRow from '@material-ui/core/TableRow';
import Typography from '@material-ui/core/Typography';
import useMediaQuery from '@material-ui/core/useMediaQuery';
import { DateTime } from 'luxon';
import type {
  GitHubBudget,
  GitHubLane,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { LANES, LANE_LABELS, niceMaximum, usageByHour } from './usage';
import type { UsageHour } from './usage';

const WIDTH = 720;
const NARROW_WIDTH = 340;
const HEIGHT = 150;
const LEFT = 44;
const BOTTOM = 22;
const TOP = 8;
const PLOT_HEIGHT = HEIGHT - BOTTOM - TOP;
const HOURS_PER_LABEL = 4;
const HOURS_PER_LABEL_NARROW = 6;

const thousands = new Intl.NumberFormat('en');

/** Colours that stay apart for colour-blind eyes, lightest to darkest reversed on the dark theme. */
const COLORS: Record<'light' | 'dark', Record<GitHubLane, string>> = {
  light: { urgent: '#0b3c8c', page: '#3d8fd1', sweep: '#f0a202' },
  dark: { urgent: '#9cc3ff', page: '#4c8dd6', sweep: '#f7b733' },
};

const useStyles = makeStyles(theme => ({
  figure: { margin: 0 },
  svg: { width: '100%', height: 'auto', display: 'block' },
  axis: { stroke: theme.palette.divider, strokeWidth: 1 },
  text: { fill: theme.palette.textSubtle, fontSize: 11 },
  bar: { '&:hover rect': { opacity: 0.8 } },
  legend: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0.5, 2),
    alignItems: 'center',
    marginTop: theme.spacing(1),
  },
  key: { display: 'inline-flex', alignItems: 'center', gap: 6 },
  swatch: { width: 12, height: 12, borderRadius: 2, display: 'inline-block' },
  table: { '& th, & td': { padding: theme.spacing(0.25, 1) }, maxWidth: 720 },
}));

function hourLabel(hour: UsageHour): string {
  return hour.from.setLocale('en').toFormat('HH:mm');
}

function describeHour(hour: UsageHour): string {
  const parts = LANES.filter(lane => hour.used[lane] > 0).map(
    lane => `${LANE_LABELS[lane]} ${thousands.format(hour.used[lane])}`,
  );
  return `${hourLabel(hour)}–${hour.from
    .plus({ hours: 1 })
    .toFormat('HH:mm')}: ${parts.length > 0 ? parts.join(', ') : 'nothing'}`;
}

function describeAll(hours: UsageHour[], unit: string): string {
  const total = hours.reduce((sum, hour) => sum + hour.total, 0);
  const busiest = hours.reduce((a, b) => (b.total > a.total ? b : a));
  if (total === 0) {
    return `No ${unit} were used in the last 24 hours.`;
  }
  return `${thousands.format(
    total,
  )} ${unit} were used in the last 24 hours, most of them in the hour from ${hourLabel(
    busiest,
  )}: ${thousands.format(busiest.total)}.`;
}

/** What was asked of GitHub in the last 24 hours, by the hour and by lane; the same as a table on demand. */
export function UsageChart(props: {
  history: GitHubBudget['history'];
  /** What is counted, such as "requests". */
  unit: string;
  now: DateTime;
}) {
  const { history, unit, now } = props;
  const classes = useStyles();
  const theme = useTheme();
  const narrow = useMediaQuery(theme.breakpoints.down('xs'), { noSsr: true });
  const colors = COLORS[theme.palette.type];
  const tableId = useId();
  const [asTable, setAsTable] = useState(false);
  const hours = usageByHour(history, now);
  const maximum = niceMaximum(Math.max(...hours.map(hour => hour.total)));
  const width = narrow ? NARROW_WIDTH : WIDTH;
  const hoursPerLabel = narrow ? HOURS_PER_LABEL_NARROW : HOURS_PER_LABEL;
  const slot = (width - LEFT) / hours.length;
  const toHeight = (value: number) => (value / maximum) * PLOT_HEIGHT;

  return (
    <figure className={classes.figure}>
      <Typography variant="body2" component="figcaption" gutterBottom>
        {describeAll(hours, unit)}
      </Typography>
      <div>
        <svg
          className={classes.svg}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          role="img"
          aria-label={`Chart of the ${unit} used in each of the last 24 hours, by lane`}
        >
          {[0, 0.5, 1].map(part => {
            const y = TOP + PLOT_HEIGHT * (1 - part);
            return (
              <g key={part}>
                <line
                  x1={LEFT}
                  x2={width}
                  y1={y}
                  y2={y}
                  className={classes.axis}
                />
                <text
                  x={LEFT - 8}
                  y={y + 4}
                  textAnchor="end"
                  className={classes.text}
                >
                  {thousands.format(maximum * part)}
                </text>
              </g>
            );
          })}
          {hours.map((hour, index) => {
            let y = TOP + PLOT_HEIGHT;
            const x = LEFT + index * slot;
            return (
              <g key={hour.from.toMillis()} className={classes.bar}>
                <title>{describeHour(hour)}</title>
                <rect
                  x={x}
                  y={TOP}
                  width={slot}
                  height={PLOT_HEIGHT}
                  fill="transparent"
                />
                {LANES.map(lane => {
                  const height = toHeight(hour.used[lane]);
                  y -= height;
                  return height > 0 ? (
                    <rect
                      key={lane}
                      x={x + slot * 0.15}
                      y={y}
                      width={slot * 0.7}
                      height={height}
                      fill={colors[lane]}
                    />
                  ) : null;
                })}
                {index % hoursPerLabel === 0 && (
                  <text
                    x={x + slot / 2}
                    y={HEIGHT - 6}
                    textAnchor="middle"
                    className={classes.text}
                  >
                    {hourLabel(hour)}
                  </text>
                )}
              </g>
            );
          })}
        </svg>
      </div>
      <div className={classes.legend}>
        {LANES.map(lane => (
          <Typography
            key={lane}
            variant="body2"
            component="span"
            className={classes.key}
          >
            <span
              className={classes.swatch}
              style={{ backgroundColor: colors[lane] }}
            />
            {LANE_LABELS[lane]}
          </Typography>
        ))}
        <Button
          size="small"
          aria-expanded={asTable}
          aria-controls={tableId}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? 'Hide the table' : 'Show as a table'}
        </Button>
      </div>
      <div id={tableId}>
        {asTable && (
          <TableContainer>
            <Table
              size="small"
              className={classes.table}
              aria-label={`${unit} by hour and lane`}
            >
              <TableHead>
                <TableRow>
                  <TableCell>Hour from</TableCell>
                  {LANES.map(lane => (
                    <TableCell key={lane} align="right">
                      {LANE_LABELS[lane]}
                    </TableCell>
                  ))}
                  <TableCell align="right">Free (not modified)</TableCell>
                </TableRow>
              </TableHead>
              <TableBody>
                {hours.map(hour => (
                  <TableRow key={hour.from.toMillis()}>
                    <TableCell component="th" scope="row">
                      {hourLabel(hour)}
                    </TableCell>
                    {LANES.map(lane => (
                      <TableCell key={lane} align="right">
                        {thousands.format(hour.used[lane])}
                      </TableCell>
                    ))}
                    <TableCell align="right">
                      {thousands.format(hour.notModified)}
                    </TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          </TableContainer>
        )}
      </div>
    </figure>
  );
}

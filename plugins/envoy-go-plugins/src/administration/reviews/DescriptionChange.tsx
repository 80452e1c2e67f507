import { useMemo, useState } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import type { Theme } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import { VisuallyHidden } from '../../accessibility';
import { counted } from '../lists';
import { foldSameLines, lineDiff } from './lineDiff';
import type { DiffLine } from './lineDiff';

/** How many lines around a change show. */
const CONTEXT = 3;

const useStyles = makeStyles((theme: Theme) => {
  const dark = theme.palette.type === 'dark';
  return {
    root: {
      margin: 0,
      border: `1px solid ${theme.palette.divider}`,
      borderRadius: theme.shape.borderRadius,
      overflow: 'hidden',
      fontFamily: 'monospace',
      fontSize: 13,
      lineHeight: 1.6,
    },
    line: {
      display: 'grid',
      gridTemplateColumns: '3.5em 1.5em minmax(0, 1fr)',
      '& > :last-child': {
        whiteSpace: 'pre-wrap',
        overflowWrap: 'anywhere',
        paddingRight: theme.spacing(1),
      },
    },
    number: {
      color: theme.palette.textSubtle,
      textAlign: 'right',
      paddingRight: theme.spacing(1),
      userSelect: 'none',
    },
    sign: { userSelect: 'none' },
    removed: {
      backgroundColor: dark ? '#4a1f20' : '#ffe9e8',
      '& > $number': { color: 'inherit' },
    },
    added: {
      backgroundColor: dark ? '#173b24' : '#e2f7e7',
      '& > $number': { color: 'inherit' },
    },
    gap: {
      borderRadius: 0,
      justifyContent: 'flex-start',
      fontFamily: 'inherit',
      textTransform: 'none',
      paddingLeft: theme.spacing(2),
      backgroundColor: theme.palette.background.default,
    },
    note: { marginBottom: theme.spacing(1), color: theme.palette.textSubtle },
  };
});

const SIGNS = { same: ' ', removed: '−', added: '+' };
const SPOKEN = { same: '', removed: 'removed: ', added: 'added: ' };

function Line(props: { line: DiffLine; plain?: boolean }) {
  const { line, plain } = props;
  const classes = useStyles();
  const tint = plain || line.kind === 'same' ? '' : classes[line.kind];
  return (
    <div className={`${classes.line} ${tint}`}>
      <span className={classes.number} aria-hidden>
        {line.after ?? line.before}
      </span>
      <span className={classes.sign} aria-hidden>
        {plain ? ' ' : SIGNS[line.kind]}
      </span>
      <span>
        {!plain && SPOKEN[line.kind] && (
          <VisuallyHidden>{SPOKEN[line.kind]}</VisuallyHidden>
        )}
        {line.text}
      </span>
    </div>
  );
}

function Gap(props: { lines: DiffLine[] }) {
  const { lines } = props;
  const classes = useStyles();
  const [open, setOpen] = useState(false);
  return open ? (
    <>
      {lines.map((line, index) => (
        <Line key={index} line={line} />
      ))}
    </>
  ) : (
    <Button
      size="small"
      fullWidth
      className={classes.gap}
      onClick={() => setOpen(true)}
    >
      Show {counted(lines.length, 'unchanged line', 'unchanged lines')}
    </Button>
  );
}

/** What changes in the description of a plugin; the whole of it where there was none before. */
export function DescriptionChange(props: {
  before: string | undefined;
  after: string | undefined;
}) {
  const { before, after } = props;
  const classes = useStyles();
  const parts = useMemo(
    () =>
      after === undefined
        ? []
        : foldSameLines(lineDiff(before ?? '', after), CONTEXT),
    [before, after],
  );

  if (after === undefined) {
    return (
      <Typography>
        The repository has no <code>catalog-info.yaml</code> at this commit.
      </Typography>
    );
  }
  const isNew = before === undefined;
  const lines = parts.flatMap(part => (part.kind === 'gap' ? [] : [part]));
  const added = lines.filter(({ kind }) => kind === 'added').length;
  const removed = lines.filter(({ kind }) => kind === 'removed').length;
  let note = `${counted(
    added,
    'line',
    'lines',
  )} added, ${removed} removed, compared with the plugin of this name that is in the catalog.`;
  if (isNew) {
    note = 'There is no plugin of this name in the catalog: all of it is new.';
  } else if (added + removed === 0) {
    note = 'The same as that of the plugin of this name in the catalog.';
  }
  return (
    <>
      <Typography variant="body2" className={classes.note}>
        {note}
      </Typography>
      <div className={classes.root} role="group" aria-label="catalog-info.yaml">
        {parts.map((part, index) =>
          part.kind === 'gap' ? (
            <Gap key={index} lines={part.lines} />
          ) : (
            <Line key={index} line={part} plain={isNew} />
          ),
        )}
      </div>
    </>
  );
}

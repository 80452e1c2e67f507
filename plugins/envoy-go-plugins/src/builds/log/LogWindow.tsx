import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { makeStyles } from '@material-ui/core/styles';
import Button from '@material-ui/core/Button';
import type { BuildLogLine } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { counted } from '../../administration/lists/countSentence';
import { readTerminalText } from './terminalText';
import type { TerminalColor, TextRun } from './terminalText';

/** What scrolls has to be reached with the keyboard (WCAG 2.1, 2.1.1). */
const REACHABLE = { tabIndex: 0 };
/** How tall a line is, in pixels. */
const LINE_HEIGHT = 20;
/** How many lines are drawn above and below those that are seen. */
const MARGIN_LINES = 30;
/** How tall the window is taken to be before it is known, in pixels. */
const USUAL_HEIGHT = 480;
/** Nearer to the end than this one reads the end, in pixels. */
const NEAR_END = LINE_HEIGHT * 2;

const LIGHT: Record<TerminalColor, string> = {
  black: '#1f1f1f',
  red: '#b3261e',
  green: '#1a7037',
  yellow: '#7a5200',
  blue: '#1f5493',
  magenta: '#8b2f8b',
  cyan: '#0f6674',
  white: '#595959',
};

const DARK: Record<TerminalColor, string> = {
  black: '#bdbdbd',
  red: '#ff9b92',
  green: '#7ddc9f',
  yellow: '#ffcc66',
  blue: '#9cc9ff',
  magenta: '#f0a8f0',
  cyan: '#7fdbe8',
  white: '#ffffff',
};

const useStyles = makeStyles(theme => ({
  root: { position: 'relative' },
  window: {
    position: 'relative',
    overflow: 'auto',
    height: 'min(60vh, 640px)',
    minHeight: 240,
    border: `1px solid ${theme.palette.divider}`,
    borderRadius: theme.shape.borderRadius,
    backgroundColor: theme.palette.background.default,
    fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
    fontSize: 12,
    lineHeight: `${LINE_HEIGHT}px`,
    // A log is read from left to right, whatever else the page is.
    direction: 'ltr',
    '&:focus-visible': { outline: `2px solid ${theme.palette.primary.main}` },
  },
  lines: {
    position: 'absolute',
    top: 0,
    left: 0,
    minWidth: '100%',
    width: 'max-content',
  },
  line: {
    display: 'flex',
    height: LINE_HEIGHT,
    whiteSpace: 'pre',
    tabSize: 4,
    '&:hover': { backgroundColor: theme.palette.action.hover },
  },
  marked: {
    '&&': { backgroundColor: theme.palette.action.selected },
    boxShadow: `inset 3px 0 ${theme.palette.primary.main}`,
  },
  number: {
    position: 'sticky',
    left: 0,
    flex: 'none',
    minWidth: 64,
    padding: theme.spacing(0, 1.5, 0, 1),
    textAlign: 'right',
    userSelect: 'none',
    textDecoration: 'none',
    fontVariantNumeric: 'tabular-nums',
    color: theme.palette.textSubtle,
    backgroundColor: theme.palette.background.default,
    '&:hover': { textDecoration: 'underline' },
  },
  text: { paddingRight: theme.spacing(2) },
  follow: {
    position: 'absolute',
    right: theme.spacing(3),
    bottom: theme.spacing(2),
    boxShadow: theme.shadows[2],
  },
}));

function Run(props: { run: TextRun; dark: boolean }) {
  const { run, dark } = props;
  const { bold, faint, italic, underline, color, text } = run;
  if (!bold && !faint && !italic && !underline && !color) {
    return <>{text}</>;
  }
  return (
    <span
      style={{
        fontWeight: bold ? 700 : undefined,
        fontStyle: italic || faint ? 'italic' : undefined,
        textDecoration: underline ? 'underline' : undefined,
        color: color && (dark ? DARK : LIGHT)[color],
      }}
    >
      {text}
    </span>
  );
}

/**
 * The lines of a log, of which only those in sight are drawn, so that a hundred thousand are no burden. Whoever reads the
 * end stays at the end as lines come; whoever has scrolled up stays where they are.
 */
export function LogWindow(props: {
  lines: readonly BuildLogLine[];
  label: string;
  /** Whether lines are still to come. */
  open: boolean;
  dark: boolean;
  /** The number of the line that the address points at. */
  marked: number | undefined;
  onMark: (line: number) => void;
}) {
  const { lines, label, open, dark, marked, onMark } = props;
  const classes = useStyles();
  const windowRef = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: USUAL_HEIGHT });
  const [following, setFollowing] = useState(marked === undefined);
  const [seen, setSeen] = useState(0);

  const toEnd = useCallback(() => {
    const element = windowRef.current;
    if (element) {
      element.scrollTop = element.scrollHeight;
    }
    setFollowing(true);
  }, []);

  useLayoutEffect(() => {
    const element = windowRef.current;
    if (following && element) {
      element.scrollTop = element.scrollHeight;
    }
  }, [following, lines]);
  useEffect(() => {
    if (following) {
      setSeen(lines.length);
    }
  }, [following, lines]);

  // Once, as soon as the line is there: afterwards the reader scrolls.
  const broughtTo = useRef<number>();
  useLayoutEffect(() => {
    const element = windowRef.current;
    const index = lines.findIndex(line => line.number === marked);
    if (marked === undefined || index < 0 || broughtTo.current === marked) {
      return;
    }
    broughtTo.current = marked;
    const top = index * LINE_HEIGHT;
    if (
      element &&
      (top < element.scrollTop ||
        top > element.scrollTop + element.clientHeight - LINE_HEIGHT)
    ) {
      element.scrollTop = Math.max(0, top - element.clientHeight / 2);
    }
    setFollowing(false);
  }, [lines, marked]);

  useEffect(() => {
    const element = windowRef.current;
    if (!element || typeof ResizeObserver === 'undefined') {
      return undefined;
    }
    const observer = new ResizeObserver(() =>
      setView(current => ({
        ...current,
        height: element.clientHeight || USUAL_HEIGHT,
      })),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const onScroll = () => {
    const element = windowRef.current;
    if (!element) {
      return;
    }
    const { scrollTop, clientHeight, scrollHeight } = element;
    setView({ top: scrollTop, height: clientHeight || USUAL_HEIGHT });
    setFollowing(scrollTop + clientHeight >= scrollHeight - NEAR_END);
  };

  const first = Math.max(0, Math.floor(view.top / LINE_HEIGHT) - MARGIN_LINES);
  const last = Math.min(
    lines.length,
    Math.ceil((view.top + view.height) / LINE_HEIGHT) + MARGIN_LINES,
  );
  const unseen = lines.length - seen;

  return (
    <div className={classes.root}>
      <div
        ref={windowRef}
        className={classes.window}
        role="region"
        aria-label={label}
        {...REACHABLE}
        onScroll={onScroll}
      >
        <div style={{ height: lines.length * LINE_HEIGHT }} />
        <div
          className={classes.lines}
          style={{ transform: `translateY(${first * LINE_HEIGHT}px)` }}
        >
          {lines.slice(first, last).map(({ number, text }) => (
            <div
              key={number}
              className={`${classes.line} ${
                number === marked ? classes.marked : ''
              }`}
            >
              <a
                className={classes.number}
                href={`#L${number}`}
                aria-label={`Line ${number}`}
                aria-current={number === marked ? 'location' : undefined}
                // Hundreds of them would stand between the reader and what follows.
                tabIndex={-1}
                onClick={event => {
                  event.preventDefault();
                  broughtTo.current = number;
                  onMark(number);
                }}
              >
                {number}
              </a>
              <span className={classes.text}>
                {readTerminalText(text).map((run, index) => (
                  <Run key={index} run={run} dark={dark} />
                ))}
              </span>
            </div>
          ))}
        </div>
      </div>
      {!following && (open || unseen > 0) && lines.length > 0 && (
        <Button
          className={classes.follow}
          size="small"
          variant="contained"
          onClick={toEnd}
        >
          {unseen > 0
            ? `${counted(unseen, 'new line', 'new lines')}: to the end`
            : 'To the end'}
        </Button>
      )}
    </div>
  );
}

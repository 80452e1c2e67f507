import { makeStyles } from '@material-ui/core/styles';
import { CopyButton } from '../clipboard';

/** As GitHub shortens them. */
const SHORT_LENGTH = 7;

const useStyles = makeStyles({
  root: { display: 'inline-flex', alignItems: 'center', gap: 4 },
});

/** A commit's name as people write it: `1a2b3c4`. */
export function shortCommit(commit: string): string {
  return commit.slice(0, SHORT_LENGTH);
}

/** A commit, short; one click copies the whole. */
export function CommitRef(props: {
  commit: string;
  /** What it is, for screen readers, such as "the commit of v1.4.0". */
  what: string;
}) {
  const { commit, what } = props;
  const classes = useStyles();
  return (
    <span className={classes.root}>
      <code title={commit}>{shortCommit(commit)}</code>
      <CopyButton text={commit} what={what} />
    </span>
  );
}

import { makeStyles } from '@material-ui/core/styles';
import { CopyButton } from '../clipboard';

/** As many hex digits as tell one digest from the others. */
const SHORT_LENGTH = 12;

const useStyles = makeStyles({
  root: { display: 'inline-flex', alignItems: 'center', gap: 4 },
});

/** The first digits of a digest, of an image's reference by digest alike: `9f86d081884c`. */
export function shortDigest(digest: string): string {
  return digest.slice(digest.lastIndexOf(':') + 1).slice(0, SHORT_LENGTH);
}

/** A digest, short; one click copies the whole. */
export function DigestRef(props: {
  digest: string;
  /** What it is, for screen readers, such as "the digest of v1.4.0". */
  what: string;
}) {
  const { digest, what } = props;
  const classes = useStyles();
  return (
    <span className={classes.root}>
      <code title={digest}>{shortDigest(digest)}</code>
      <CopyButton text={digest} what={what} />
    </span>
  );
}

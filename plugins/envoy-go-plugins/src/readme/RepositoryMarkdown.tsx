import { useCallback } from 'react';
import type { MouseEvent } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import { MarkdownContent } from '@backstage/core-components';
import {
  headingAnchor,
  resolveReadmeImage,
  resolveReadmeLink,
} from './readmeAddresses';

const useStyles = makeStyles(theme => ({
  root: {
    fontSize: theme.typography.body2.fontSize,
    lineHeight: 1.6,
    overflowWrap: 'break-word',
    '& > :first-child': { marginTop: 0 },
    '& > :last-child': { marginBottom: 0 },
    '& h1, & h2, & h3, & h4, & h5, & h6': {
      lineHeight: 1.3,
      margin: theme.spacing(3, 0, 1),
    },
    '& h1': { fontSize: theme.typography.pxToRem(24) },
    '& h2': { fontSize: theme.typography.pxToRem(20) },
    '& h3': { fontSize: theme.typography.pxToRem(17) },
    '& h4, & h5, & h6': { fontSize: theme.typography.pxToRem(15) },
    '& p, & ul, & ol': { margin: theme.spacing(1, 0) },
    '& table': {
      display: 'block',
      overflowX: 'auto',
      maxWidth: '100%',
      border: 0,
    },
    '& th, & td': {
      padding: theme.spacing(0.75, 1.5),
      lineHeight: 'inherit',
      // A table that is too wide scrolls; its words stay whole.
      overflowWrap: 'normal',
      wordBreak: 'normal',
      border: `1px solid ${theme.palette.divider}`,
      textAlign: 'left',
    },
    '& :not(pre) > code': {
      padding: '0.1em 0.35em',
      borderRadius: theme.shape.borderRadius,
      backgroundColor: theme.palette.action.hover,
    },
    // A block of code in a known language is a <pre> of its own inside Markdown's.
    '& pre': { margin: theme.spacing(1.5, 0), padding: 0 },
    '& pre pre, & pre > code': {
      display: 'block',
      margin: 0,
      overflowX: 'auto',
      borderRadius: theme.shape.borderRadius,
      padding: `${theme.spacing(1.5)}px !important`,
      backgroundColor: `${theme.palette.background.default} !important`,
      color: theme.palette.text.primary,
    },
    // The highlighter's colours are too faint to be read by everybody; weight and slant remain.
    '& pre code, & pre code span': {
      // Lines wrap: what scrolls cannot be reached with the keyboard.
      whiteSpace: 'pre-wrap !important',
      overflowWrap: 'anywhere',
      color: `${theme.palette.text.primary} !important`,
    },
    '& pre pre > code': { padding: '0 !important' },
    '& blockquote': {
      margin: theme.spacing(1, 0),
      paddingLeft: theme.spacing(2),
      borderLeft: `3px solid ${theme.palette.divider}`,
      color: theme.palette.textSubtle,
    },
  },
}));

/** The anchor as it is written; one that is wrongly encoded stays as it is, and leads to no heading. */
function decodeAnchor(anchor: string): string {
  try {
    return decodeURIComponent(anchor);
  } catch {
    return anchor;
  }
}

/**
 * Markdown out of a repository. It is untrusted: raw HTML is sanitised, links and images go nowhere but to web
 * addresses, and relative ones lead to the repository.
 */
export function RepositoryMarkdown(props: {
  content: string;
  /** The page that the text stands on, relative to which links resolve. */
  url: string;
  /** The raw file, relative to which images resolve. */
  rawUrl: string;
}) {
  const { content, url, rawUrl } = props;
  const classes = useStyles();
  const transformLink = useCallback(
    (href: string) => resolveReadmeLink(href, url),
    [url],
  );
  const transformImage = useCallback(
    (src: string) => resolveReadmeImage(src, rawUrl),
    [rawUrl],
  );

  const followAnchor = (event: MouseEvent<HTMLElement>) => {
    const link =
      event.target instanceof Element ? event.target.closest('a') : undefined;
    const [page, anchor] = link?.href.split('#') ?? [];
    if (!anchor || page !== url) {
      return;
    }
    const wanted = decodeAnchor(anchor);
    const heading = [
      ...event.currentTarget.querySelectorAll('h1,h2,h3,h4,h5,h6'),
    ].find(one => headingAnchor(one.textContent ?? '') === wanted);
    if (heading) {
      event.preventDefault();
      event.stopPropagation();
      heading.scrollIntoView({ behavior: 'smooth' });
    }
  };

  return (
    <div onClickCapture={followAnchor}>
      <MarkdownContent
        className={classes.root}
        content={content}
        dialect="gfm"
        transformLinkUri={transformLink}
        transformImageUri={transformImage}
      />
    </div>
  );
}

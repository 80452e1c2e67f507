import { useCallback, useMemo, useState } from 'react';
import type { MouseEvent } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import ReactMarkdown from 'react-markdown';
import type { Components } from 'react-markdown';
import rehypeRaw from 'rehype-raw';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { CodeSnippet, Link } from '@backstage/core-components';
import { placeReadme } from './placeReadme';
import {
  InsideLinkContext,
  ReadmeImage,
  ReadmeImagesContext,
} from './ReadmeImage';
import { README_ID_PREFIX, README_SCHEMA } from './readmeSchema';

const useStyles = makeStyles(theme => ({
  root: {
    fontSize: theme.typography.body2.fontSize,
    lineHeight: 1.6,
    overflowWrap: 'break-word',
    '& a': { color: theme.palette.link },
    // Anchors land below the header of the page, not under it.
    '& [id]': { scrollMarginTop: theme.spacing(2) },
    '& li.task-list-item, & .contains-task-list': { listStyle: 'none' },
    '& .contains-task-list': { paddingLeft: theme.spacing(1) },
    '& input[type=checkbox]': { margin: theme.spacing(0, 1, 0, 0) },
    '& summary': { cursor: 'pointer' },
    '& kbd': {
      padding: '0.1em 0.4em',
      border: `1px solid ${theme.palette.divider}`,
      borderRadius: theme.shape.borderRadius,
      fontSize: '0.9em',
    },
    '& hr': {
      border: 0,
      borderTop: `1px solid ${theme.palette.divider}`,
      margin: theme.spacing(3, 0),
    },
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
      borderCollapse: 'collapse',
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
  notice: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(2),
    padding: theme.spacing(1, 1.5),
    border: `1px solid ${theme.palette.divider}`,
    borderRadius: theme.shape.borderRadius,
    overflowWrap: 'anywhere',
  },
  noticeText: { flex: '1 1 200px' },
}));

/** The anchor as it is written; one that is wrongly encoded stays as it is, and leads to no heading. */
function decodeAnchor(anchor: string): string {
  try {
    return decodeURIComponent(anchor);
  } catch {
    return anchor;
  }
}

const COMPONENTS: Components = {
  a: ({ href, id, title, children }) =>
    href ? (
      <InsideLinkContext.Provider value>
        <Link to={href} id={id} title={title}>
          {children}
        </Link>
      </InsideLinkContext.Provider>
    ) : (
      <span id={id}>{children}</span>
    ),
  img: ({ node, src, alt, title, width, height }) => {
    const { dataPage, align } = node.properties ?? {};
    return (
      <ReadmeImage
        src={src}
        page={typeof dataPage === 'string' ? dataPage : undefined}
        align={typeof align === 'string' ? align : undefined}
        alt={alt}
        title={title}
        width={width}
        height={height}
      />
    );
  },
  code: ({ inline, className, children }) => {
    const [, language] = /^language-(.+)$/.exec(className ?? '') ?? [];
    const text = String(children).replace(/\n+$/, '');
    return language && !inline ? (
      <CodeSnippet language={language} text={text} />
    ) : (
      <code>{children}</code>
    );
  },
  input: ({ checked }) => (
    <input
      type="checkbox"
      disabled
      checked={Boolean(checked)}
      readOnly
      aria-label={checked ? 'done' : 'not done'}
    />
  ),
};

// Written as GitHub writes them: the sanitiser puts its prefix before them.
const REMARK_REHYPE_OPTIONS = { clobberPrefix: '' };
const REMARK_PLUGINS = [remarkGfm];

/**
 * Markdown out of a repository, as GitHub shows it. It is untrusted: of raw HTML stays only what {@link README_SCHEMA}
 * names, links and images go nowhere but to web addresses, relative ones to the repository, and images of other hosts
 * than GitHub wait until the reader asks for them.
 */
export function RepositoryMarkdown(props: {
  content: string;
  /** The page that the text stands on, relative to which links resolve. */
  url: string;
  /** The raw file, relative to which images resolve. */
  rawUrl: string;
  /** Whether GitHub shows the repository's files only to who is signed in there. */
  privateRepository?: boolean;
}) {
  const { content, url, rawUrl, privateRepository = false } = props;
  const classes = useStyles();
  const [shownHosts, setShownHosts] = useState<ReadonlySet<string>>(new Set());
  const [foreignHosts, setForeignHosts] = useState<ReadonlySet<string>>(
    new Set(),
  );
  const onForeignHost = useCallback(
    (host: string) =>
      setForeignHosts(hosts =>
        hosts.has(host) ? hosts : new Set([...hosts, host]),
      ),
    [],
  );
  const images = useMemo(
    () => ({
      place: { url, rawUrl },
      privateRepository,
      shownHosts,
      onForeignHost,
      onShow: (host: string) =>
        setShownHosts(hosts => new Set([...hosts, host])),
    }),
    [url, rawUrl, privateRepository, shownHosts, onForeignHost],
  );
  const hidden = [...foreignHosts].filter(host => !shownHosts.has(host));

  // A long README takes a while to parse; showing an image is no reason to do it again.
  const text = useMemo(
    () => (
      <ReactMarkdown
        className={classes.root}
        remarkPlugins={REMARK_PLUGINS}
        remarkRehypeOptions={REMARK_REHYPE_OPTIONS}
        rehypePlugins={[
          [rehypeRaw, { tagfilter: true }],
          [rehypeSanitize, README_SCHEMA],
          [placeReadme, { url, rawUrl }],
        ]}
        components={COMPONENTS}
      >
        {content}
      </ReactMarkdown>
    ),
    [classes.root, content, url, rawUrl],
  );

  const followAnchor = (event: MouseEvent<HTMLElement>) => {
    const link =
      event.target instanceof Element ? event.target.closest('a') : undefined;
    const [page, anchor] = link?.href.split('#') ?? [];
    if (!anchor || page !== url) {
      return;
    }
    const name = decodeAnchor(anchor);
    const wanted = [name, `${README_ID_PREFIX}${name}`];
    const target = [...event.currentTarget.querySelectorAll('[id]')].find(one =>
      wanted.includes(one.id),
    );
    if (target) {
      event.preventDefault();
      event.stopPropagation();
      target.scrollIntoView({ behavior: 'smooth' });
    }
  };

  return (
    <div onClickCapture={followAnchor}>
      {hidden.length > 0 && (
        <div className={classes.notice}>
          <Typography variant="body2" className={classes.noticeText}>
            Images from {hidden.join(', ')} are not loaded: their hosts would
            learn that you read this.
          </Typography>
          <Button
            size="small"
            variant="outlined"
            onClick={() => setShownHosts(new Set([...shownHosts, ...hidden]))}
          >
            Show images
          </Button>
        </div>
      )}
      <ReadmeImagesContext.Provider value={images}>
        {text}
      </ReadmeImagesContext.Provider>
    </div>
  );
}

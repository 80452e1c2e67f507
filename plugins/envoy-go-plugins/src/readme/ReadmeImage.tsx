import { createContext, useContext, useEffect, useState } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import ImageIcon from '@material-ui/icons/ImageOutlined';
import { Link } from '@backstage/core-components';
import type { ReadmePlace } from './placeReadme';
import { readmeImageSource } from './readmeImageSource';

const useStyles = makeStyles(theme => ({
  image: { maxWidth: '100%', height: 'auto' },
  button: {
    textTransform: 'none',
    textAlign: 'left',
    maxWidth: '100%',
    margin: theme.spacing(0.25, 0.5, 0.25, 0),
    lineHeight: 1.4,
    overflowWrap: 'anywhere',
  },
  text: {
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    verticalAlign: 'bottom',
  },
  icon: { fontSize: '1.1em', flex: 'none' },
}));

/** What the images of one README have in common. */
export interface ReadmeImages {
  place: ReadmePlace;
  /** Whether the repository shows its files to nobody who is not signed in to GitHub. */
  privateRepository: boolean;
  /** The hosts whose images the reader wants to see. */
  shownHosts: ReadonlySet<string>;
  /** Says that there are images of this host. */
  onForeignHost: (host: string) => void;
  onShow: (host: string) => void;
}

export const ReadmeImagesContext = createContext<ReadmeImages | undefined>(
  undefined,
);

/** Whether one is inside a link, where nothing else can be clicked. */
export const InsideLinkContext = createContext(false);

/**
 * An image of a README. One from another host than GitHub tells that host who reads the README, and when; it is loaded
 * only when the reader asks for it.
 */
export function ReadmeImage(props: {
  src?: string;
  /** The page of the image on GitHub, where the repository is private. */
  page?: string;
  alt?: string;
  title?: string;
  width?: number | string;
  height?: number | string;
  align?: string;
}) {
  const { src, page, alt = '', title, width, height, align } = props;
  const classes = useStyles();
  const images = useContext(ReadmeImagesContext);
  const insideLink = useContext(InsideLinkContext);
  const [failed, setFailed] = useState<string>();

  const source = src && images && readmeImageSource(src, images.place);
  const host = src && source === 'foreign' ? new URL(src).host : undefined;
  const onForeignHost = images?.onForeignHost;
  useEffect(() => {
    if (host) {
      onForeignHost?.(host);
    }
  }, [host, onForeignHost]);

  if (!src || !images) {
    return <>{alt}</>;
  }
  if (host && !images.shownHosts.has(host)) {
    return insideLink ? (
      <span className={classes.text}>
        <ImageIcon className={classes.icon} aria-hidden />
        {alt || `image from ${host}`}
      </span>
    ) : (
      <Button
        className={classes.button}
        size="small"
        variant="outlined"
        startIcon={<ImageIcon aria-hidden />}
        onClick={() => images.onShow(host)}
        title={title}
      >
        {alt ? `Show image from ${host}: ${alt}` : `Show image from ${host}`}
      </Button>
    );
  }
  if (failed === src || (source === 'repository' && images.privateRepository)) {
    const text = (
      <span className={classes.text}>
        <ImageIcon className={classes.icon} aria-hidden />
        {alt || 'image'}
      </span>
    );
    return insideLink ? (
      text
    ) : (
      <Link to={page ?? src} title="See this image on GitHub">
        {text}
      </Link>
    );
  }
  return (
    <img
      className={classes.image}
      referrerPolicy="no-referrer"
      loading="lazy"
      decoding="async"
      alt={alt}
      title={title}
      width={width}
      height={height}
      {...(align && { align })}
      src={src}
      onError={() => setFailed(src)}
    />
  );
}

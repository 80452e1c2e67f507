import type { ReactNode } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import Skeleton from '@material-ui/lab/Skeleton';
import { Link } from '@backstage/core-components';
import { useApi, useRouteRef } from '@backstage/core-plugin-api';
import type {
  PluginVersion,
  VersionImage,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsBuildsApiRef } from '../api';
import { BuildStateLabel } from '../builds/BuildStateLabel';
import { useBuild } from '../builds/answers';
import { BuildSteps } from '../builds/build/BuildSteps';
import { ProofList } from '../builds/proofs';
import { VulnerabilityList } from '../builds/vulnerabilities';
import { CopyButton } from '../clipboard';
import { CommandLine } from '../commands';
import { DownloadButton } from '../downloads';
import { describeFailure } from '../feedback';
import { buildsRouteRef } from '../routes';
import { DigestRef, shortDigest } from './DigestRef';
import { formatBytes } from './formatBytes';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'grid',
    gap: theme.spacing(3),
    gridTemplateColumns: 'minmax(0, 1fr)',
    marginBottom: theme.spacing(3),
    [theme.breakpoints.up('lg')]: {
      gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)',
    },
  },
  column: {
    display: 'grid',
    gap: theme.spacing(3),
    alignContent: 'start',
    minWidth: 0,
  },
  heading: {
    fontSize: theme.typography.pxToRem(14),
    fontWeight: 600,
    marginBottom: theme.spacing(0.75),
  },
  facts: {
    display: 'grid',
    gridTemplateColumns: 'max-content minmax(0, 1fr)',
    gap: theme.spacing(0.5, 2),
    margin: theme.spacing(1, 0, 0),
    alignItems: 'baseline',
    fontSize: theme.typography.body2.fontSize,
    '& dt': { color: theme.palette.textSubtle },
    '& dd': { margin: 0, overflowWrap: 'anywhere' },
  },
  row: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1, 1),
    alignItems: 'center',
  },
  subtle: { color: theme.palette.textSubtle },
  steps: { marginTop: theme.spacing(1.5) },
}));

const thousands = new Intl.NumberFormat('en');

const DOCUMENT_WORDS: Record<
  VersionImage['documents'][number]['kind'],
  string
> = {
  sbom: 'SBOM',
  provenance: 'Provenance',
  proof: 'Proof report',
  yank: 'Withdrawal',
};

function Section(props: { title: string; tag: string; children: ReactNode }) {
  const { title, tag } = props;
  const classes = useStyles();
  return (
    <section aria-label={`${title} of ${tag}`}>
      <Typography component="h3" className={classes.heading}>
        {title}
      </Typography>
      {props.children}
    </section>
  );
}

function Image(props: { tag: string; image: VersionImage }) {
  const { tag, image } = props;
  const classes = useStyles();
  return (
    <Section title="Image" tag={tag}>
      <CommandLine
        command={image.pullCommand}
        what={`the command that pulls ${tag}`}
      />
      <dl className={classes.facts}>
        <dt>Repository</dt>
        <dd>
          <code>{image.repository}</code>
        </dd>
        <dt>Digest</dt>
        <dd>
          <DigestRef
            digest={image.digest}
            what={`the digest of ${tag}, from its details`}
          />
        </dd>
        <dt>Tags</dt>
        <dd>
          {image.tags.length > 0
            ? image.tags.join(', ')
            : 'none points to it any more; it is pulled by its digest'}
        </dd>
        {image.platforms.map(({ platform, digest, size }) => (
          <div key={platform} style={{ display: 'contents' }}>
            <dt>{platform}</dt>
            <dd>
              {formatBytes(size)}{' '}
              <DigestRef
                digest={digest}
                what={`the digest of ${tag} for ${platform}`}
              />
            </dd>
          </div>
        ))}
        <dt>Pulls</dt>
        <dd>
          {image.pulls === undefined
            ? 'not counted by this registry'
            : thousands.format(image.pulls)}
        </dd>
      </dl>
    </Section>
  );
}

/** The file that the command which verifies a signature expects the public key in. */
function keyFileOf(verifyCommand: string | undefined): string {
  return /--key[= ](\S+)/.exec(verifyCommand ?? '')?.[1] ?? 'cosign.pub';
}

function Signature(props: { tag: string; image: VersionImage }) {
  const { tag, image } = props;
  const { publicKey, verifyCommand } = image;
  const keyFile = keyFileOf(verifyCommand);
  const classes = useStyles();
  if (!image.signed) {
    return (
      <Section title="Signature" tag={tag}>
        <Typography variant="body2">
          Not signed: the portal has no key to sign with. Tell whoever runs it.
        </Typography>
      </Section>
    );
  }
  return (
    <Section title="Signature" tag={tag}>
      <Typography variant="body2">
        Signed by the portal. Check it before you load it:
      </Typography>
      {verifyCommand && (
        <CommandLine
          command={verifyCommand}
          what={`the command that verifies ${tag}`}
        />
      )}
      {publicKey && (
        <div className={classes.row}>
          <CopyButton text={publicKey} what="public key">
            Copy public key
          </CopyButton>
          <DownloadButton
            name={keyFile}
            load={async () => publicKey}
            what={`${keyFile}, the public key`}
          >
            {keyFile}
          </DownloadButton>
        </div>
      )}
    </Section>
  );
}

function Documents(props: { version: PluginVersion; image: VersionImage }) {
  const { version, image } = props;
  const classes = useStyles();
  const api = useApi(envoyGoPluginsBuildsApiRef);
  const kinds = image.documents.map(({ kind }) => kind);
  return (
    <Section title="Documents" tag={version.tag}>
      <div className={classes.row}>
        {image.documents.map(({ kind, mediaType, digest, url }, index) => {
          const several = kinds.filter(one => one === kind).length > 1;
          const label = several
            ? `${DOCUMENT_WORDS[kind]} ${
                kinds.slice(0, index).filter(one => one === kind).length + 1
              }`
            : DOCUMENT_WORDS[kind];
          return (
            <DownloadButton
              key={digest}
              name={`${version.tag}-${kind}-${shortDigest(digest)}.json`}
              mediaType={mediaType}
              load={() => api.getVersionDocument({ url })}
              what={`the ${label} of ${version.tag}`}
            >
              {label}
            </DownloadButton>
          );
        })}
      </div>
    </Section>
  );
}

function Build(props: {
  tag: string;
  build: NonNullable<PluginVersion['build']>;
}) {
  const { tag, build } = props;
  const classes = useStyles();
  const { build: live, error } = useBuild(build.id);
  const page = `${useRouteRef(buildsRouteRef)()}/${encodeURIComponent(
    build.id,
  )}`;
  return (
    <Section title="Build" tag={tag}>
      <div className={classes.row}>
        <BuildStateLabel state={live?.state ?? build.state} />
        <Link to={page}>Steps and log</Link>
      </div>
      {!live && !error && (
        <div className={classes.steps} aria-hidden>
          {[1, 2, 3, 4].map(line => (
            <Skeleton key={line} height={28} />
          ))}
        </div>
      )}
      {error && (
        <Typography variant="body2">
          Its steps could not be shown. {describeFailure(error).sentence}
        </Typography>
      )}
      {live && (
        <div className={classes.steps}>
          <BuildSteps
            steps={live.steps}
            logOf={step => `${page}?step=${encodeURIComponent(step)}`}
          />
        </div>
      )}
    </Section>
  );
}

/** What became of a release: its image and how to check it, its proofs, vulnerabilities, documents and build. */
export function VersionDetails(props: { version: PluginVersion }) {
  const { version } = props;
  const { tag, image, noImageReason, proofs, build, go } = version;
  const classes = useStyles();
  return (
    <div className={classes.root}>
      <div className={classes.column}>
        {image ? (
          <>
            <Image tag={tag} image={image} />
            <Signature tag={tag} image={image} />
            {image.documents.length > 0 && (
              <Documents version={version} image={image} />
            )}
          </>
        ) : (
          <Section title="Image" tag={tag}>
            <Typography variant="body2">
              There is no image of this version
              {noImageReason ? `: ${noImageReason}` : '.'}
            </Typography>
          </Section>
        )}
        <Section title="Vulnerabilities" tag={tag}>
          <VulnerabilityList report={version.vulnerabilities} />
        </Section>
      </div>
      <div className={classes.column}>
        <Section title="Proofs" tag={tag}>
          {proofs.length > 0 ? (
            <ProofList proofs={proofs} />
          ) : (
            <Typography variant="body2" className={classes.subtle}>
              It was not run in any Envoy.
            </Typography>
          )}
        </Section>
        {build && <Build tag={tag} build={build} />}
        {go && (
          <Typography variant="body2" className={classes.subtle}>
            Built with Go {go}
          </Typography>
        )}
      </div>
    </div>
  );
}

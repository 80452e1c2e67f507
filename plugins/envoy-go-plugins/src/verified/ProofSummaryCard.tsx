import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import FailedIcon from '@material-ui/icons/Cancel';
import VerifiedIcon from '@material-ui/icons/CheckCircle';
import Skeleton from '@material-ui/lab/Skeleton';
import { Link } from '@backstage/core-components';
import { EntityInfoCard } from '@backstage/plugin-catalog-react';
import type {
  PluginVersion,
  ProofRow,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { PROOF_WORDS, compareEnvoyVersions } from '../builds/proofs';
import { describeFailure } from '../feedback';
import { usePluginEntity } from '../plugin-entity';
import { usePluginDetails } from '../plugin-facts';
import { ToneText } from '../publishing/request/ToneText';
import { RelativeTime } from '../time';
import { BuildOfVersion } from '../versions/BuildOfVersion';
import { usePluginVersions } from '../versions/usePluginVersions';

const useStyles = makeStyles(theme => ({
  list: {
    listStyle: 'none',
    margin: theme.spacing(1.5, 0),
    padding: 0,
    display: 'grid',
    gap: theme.spacing(0.75),
  },
  proof: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0, 1.5),
    alignItems: 'center',
  },
  envoy: { minWidth: 96 },
  subtle: { color: theme.palette.textSubtle },
}));

function Proof(props: { proof: ProofRow }) {
  const { proof } = props;
  const { label, tone, Icon } = PROOF_WORDS[proof.outcome];
  const classes = useStyles();
  return (
    <li className={classes.proof}>
      <span className={classes.envoy}>Envoy {proof.envoy}</span>
      <ToneText tone={tone} Icon={Icon}>
        {label}
      </ToneText>
      <Typography variant="body2" component="span" className={classes.subtle}>
        <RelativeTime value={proof.provenAt} />
      </Typography>
    </li>
  );
}

function Latest(props: { version: PluginVersion; verified: boolean }) {
  const { version, verified } = props;
  const { tag } = version;
  const classes = useStyles();
  const proofs = [...version.proofs].sort((a, b) =>
    compareEnvoyVersions(b.envoy, a.envoy),
  );
  const failed = proofs.some(({ outcome }) => outcome === 'failed');
  return (
    <>
      {verified && (
        <ToneText tone="good" Icon={VerifiedIcon}>
          {`${tag} is verified`}
        </ToneText>
      )}
      {!verified && failed && (
        <ToneText tone="bad" Icon={FailedIcon}>
          {`${tag} did not pass everywhere`}
        </ToneText>
      )}
      {!verified && !failed && (
        <Typography variant="body2" component="span">
          {tag} is not verified.
        </Typography>
      )}
      <BuildOfVersion version={version} />
      {proofs.length > 0 ? (
        <ul className={classes.list} aria-label={`Proofs of ${tag}`}>
          {proofs.map(proof => (
            <Proof key={`${proof.envoy} ${proof.platform}`} proof={proof} />
          ))}
        </ul>
      ) : (
        <Typography variant="body2" className={classes.subtle} paragraph>
          It was not run in any Envoy.
        </Typography>
      )}
    </>
  );
}

/** How the latest release of a plugin did in real Envoys; for the overview of its entity page. */
export function ProofSummaryCard() {
  const { locator, versionsPath } = usePluginEntity();
  const { versions, error, retry } = usePluginVersions(locator);
  const { value: plugin } = usePluginDetails(locator);
  const latest = versions?.find(
    version => !version.prerelease && !version.yanked,
  );
  return (
    <EntityInfoCard title="Proof summary">
      <div aria-busy={!versions && !error}>
        {error && (
          <Typography variant="body2" role="alert" paragraph>
            How it did could not be read. {describeFailure(error).sentence}{' '}
            <Button size="small" onClick={retry}>
              Retry
            </Button>
          </Typography>
        )}
        {!versions &&
          !error &&
          [1, 2, 3, 4].map(line => (
            <Skeleton key={line} height={28} width="70%" />
          ))}
        {versions && !latest && (
          <Typography variant="body2" paragraph>
            There is no release yet to prove. The next one is built, and run in
            every Envoy that the plugin claims, by itself.
          </Typography>
        )}
        {latest && (
          <Latest
            version={latest}
            verified={plugin?.verified?.version === latest.version}
          />
        )}
        {versions && versions.length > 0 && (
          <Link to={versionsPath}>All versions and their proofs</Link>
        )}
      </div>
    </EntityInfoCard>
  );
}

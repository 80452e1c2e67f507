import Skeleton from '@material-ui/lab/Skeleton';
import Typography from '@material-ui/core/Typography';
import { Link } from '@backstage/core-components';
import { EntityInfoCard } from '@backstage/plugin-catalog-react';
import { AsOfNote, LoadFailure } from '../feedback';
import { LiveAnnouncement } from '../live-updates';
import { usePluginEntity } from '../plugin-entity';
import { usePluginDetails, usePluginReadme } from '../plugin-facts';
import { RepositoryMarkdown } from './RepositoryMarkdown';

/** The README of a plugin's repository. */
export function ReadmeCard() {
  const { locator } = usePluginEntity();
  const { value, loading, error, refreshError, retry } =
    usePluginReadme(locator);
  const { value: plugin } = usePluginDetails(locator);
  const visibility = plugin?.repository?.value.visibility ?? 'public';

  if (error) {
    return (
      <LoadFailure
        title="The README could not be shown"
        error={error}
        onRetry={retry}
      />
    );
  }
  const readme = value?.value;
  return (
    <EntityInfoCard
      title="README"
      headerActions={
        readme && (
          <Typography variant="body2">
            <Link to={readme.url}>On GitHub</Link>
          </Typography>
        )
      }
    >
      {loading && (
        <div aria-busy="true">
          <Skeleton width="45%" height={36} />
          {[95, 88, 92, 60, 0, 90, 84, 70].map((width, line) => (
            <Skeleton key={line} width={`${width}%`} height={24} />
          ))}
        </div>
      )}
      {value && !readme && (
        <Typography>
          The repository has no README. Add a file <code>README.md</code> at its
          root that says what the filter does and how to try it.
        </Typography>
      )}
      {readme && (
        <RepositoryMarkdown
          content={readme.content}
          url={readme.url}
          rawUrl={readme.rawUrl}
          privateRepository={visibility !== 'public'}
        />
      )}
      {value && (
        <div style={{ marginTop: 16 }}>
          <AsOfNote
            asOf={value.asOf}
            staleReason={value.staleReason}
            refreshError={refreshError}
          />
        </div>
      )}
      <LiveAnnouncement of={value && (readme?.content ?? '')}>
        The README was updated.
      </LiveAnnouncement>
    </EntityInfoCard>
  );
}

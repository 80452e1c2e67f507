import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { Link } from '@backstage/core-components';

const GITHUB_ACTOR = 'github:';

/** Who did something: somebody of the catalog, somebody on GitHub, or the portal itself. */
export function Person(props: {
  /** Entity ref, `github:LOGIN` or `system`. */
  actor: string;
  /** The host of the people on GitHub. */
  host: string;
}) {
  const { actor, host } = props;
  if (actor === 'system') {
    return <>The portal</>;
  }
  if (actor.startsWith(GITHUB_ACTOR)) {
    const login = actor.slice(GITHUB_ACTOR.length);
    return (
      <>
        <Link
          to={`https://${host}/${encodeURIComponent(login)}`}
          underline="always"
        >
          {login}
        </Link>{' '}
        on GitHub
      </>
    );
  }
  return (
    <EntityRefLink
      underline="always"
      entityRef={actor}
      defaultKind="user"
      hideIcon
    />
  );
}

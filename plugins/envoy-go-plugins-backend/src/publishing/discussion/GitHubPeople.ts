import type { AuthService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { KnownPeople } from '../../people';
import { sameText } from '../sameText';

/** Whose account on GitHub a user is; the catalog's GitHub modules write it. */
const ANNOTATION = 'metadata.annotations.github.com/user-login';

/** Finds out who in the portal somebody on GitHub is. */
export class GitHubPeople {
  readonly #catalog: CatalogService;
  readonly #auth: AuthService;
  readonly #known: KnownPeople;

  constructor(options: {
    catalog: CatalogService;
    auth: AuthService;
    known: KnownPeople;
  }) {
    this.#catalog = options.catalog;
    this.#auth = options.auth;
    this.#known = options.known;
  }

  /** @returns an entity ref, or `github:LOGIN` for whom the catalog does not know */
  async actorOf(host: string, login: string): Promise<string> {
    const { items } = await this.#catalog.getEntities(
      {
        filter: { kind: 'User', [ANNOTATION]: login },
        fields: ['kind', 'metadata.namespace', 'metadata.name'],
      },
      { credentials: await this.#auth.getOwnServiceCredentials() },
    );
    for (const user of items) {
      const ref = stringifyEntityRef(user);
      // The same login may be somebody else's on another GitHub
      const known = await this.#known.viewerOf(ref);
      if (known?.host === host && sameText(known.login, login)) {
        return ref;
      }
    }
    return `github:${login}`;
  }
}

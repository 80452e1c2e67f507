import { JsonObject } from '@backstage/types';
import { promises as fs } from 'node:fs';
import { PathMatcher } from '../server/PathMatcher';
import { isJsonObject } from './jsonSchema';
import { packageFile } from './packageFile';

/** GitHub's own OpenAPI description of its REST API, as `@octokit/openapi` ships it. */
export class GitHubDescription {
  readonly #document: JsonObject;
  readonly #matcher: PathMatcher;

  private constructor(document: JsonObject) {
    this.#document = document;
    this.#matcher = new PathMatcher(Object.keys(child(document, 'paths')));
  }

  /** Reads the description of github.com (13 MB, 0.1 s). */
  static async load(): Promise<GitHubDescription> {
    const file = packageFile(
      '@octokit/openapi',
      'generated/api.github.com.json',
    );
    const document: JsonObject = JSON.parse(await fs.readFile(file, 'utf8'));
    correct(document);
    return new GitHubDescription(document);
  }

  /** The operation of a method and a path template. */
  operation(method: string, template: string): JsonObject | undefined {
    const item = child(this.#document, 'paths')[template];
    const operation = isJsonObject(item)
      ? item[method.toLowerCase()]
      : undefined;
    return isJsonObject(operation) ? operation : undefined;
  }

  /** The template of the endpoint that GitHub has for a path; undefined when it has none. */
  findTemplate(method: string, requestPath: string): string | undefined {
    const found = this.#matcher.match(requestPath);
    return found && this.operation(method, found.template)
      ? found.template
      : undefined;
  }

  /** A schema of the components. */
  schema(name: string): JsonObject {
    return child(child(child(this.#document, 'components'), 'schemas'), name);
  }

  /** Follows `$ref` to a parameter or response of the components. */
  resolve(value: JsonObject): JsonObject {
    if (typeof value.$ref !== 'string') {
      return value;
    }
    return value.$ref
      .replace('#/', '')
      .split('/')
      .reduce<JsonObject>(child, this.#document);
  }
}

/**
 * Mends what contradicts itself: the list of an app's installations wants accounts that are a user and an enterprise at once,
 * the installation itself those that are either.
 */
function correct(document: JsonObject): void {
  const content = [
    'paths',
    '/app/installations',
    'get',
    'responses',
    '200',
    'content',
    'application/json',
  ].reduce(child, document);
  content.schema = {
    type: 'array',
    items: { $ref: '#/components/schemas/installation' },
  };
}

function child(parent: JsonObject, name: string): JsonObject {
  const value = parent[name];
  return isJsonObject(value) ? value : {};
}

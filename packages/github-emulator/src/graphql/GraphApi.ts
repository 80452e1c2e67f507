import { Request, Response } from 'express';
import { promises as fs } from 'node:fs';
import {
  buildASTSchema,
  DocumentNode,
  execute,
  FragmentDefinitionNode,
  getOperationAST,
  GraphQLError,
  GraphQLFieldResolver,
  GraphQLSchema,
  GraphQLTypeResolver,
  Kind,
  parse,
  validate,
} from 'graphql';
import { Emulator } from '../Emulator';
import { faultOf } from '../faults/faultMiddleware';
import { authenticate } from '../server/authentication';
import { GitHubError } from '../server/GitHubError';
import {
  RateLimitState,
  rateLimitHeaders,
  whyExhausted,
} from '../server/RateLimiter';
import { RequestBody } from '../server/RequestBody';
import { GRAPHQL_PATH, RequestLog } from '../server/RequestLog';
import { Viewer } from '../server/Viewer';
import { packageFile } from '../truth/packageFile';
import { graphError } from './connection';
import { queryCost } from './cost';
import { mutationRoot, queryRoot } from './roots';

/** GitHub refuses queries that can give more nodes than these. */
const MOST_NODES = 500_000;

/** Reads a field of an object of the graph; one that is not there is an error that names it, never a silent null. */
const resolveField: GraphQLFieldResolver<unknown, unknown> = (
  source,
  given,
  _context,
  info,
) => {
  const value: unknown =
    typeof source === 'object' && source !== null
      ? Reflect.get(source, info.fieldName)
      : undefined;
  if (value === undefined) {
    throw new GraphQLError(
      `GitHub emulator: ${info.parentType.name}.${info.fieldName} is not implemented`,
      { extensions: { type: 'NOT_IMPLEMENTED' } },
    );
  }
  // An argument that is null is one that is not given.
  const known = Object.fromEntries(
    Object.entries(given).filter(([, argument]) => argument !== null),
  );
  return typeof value === 'function'
    ? Reflect.apply(value, source, [known])
    : value;
};

const resolveType: GraphQLTypeResolver<unknown, unknown> = source => {
  const name: unknown =
    typeof source === 'object' && source !== null
      ? Reflect.get(source, '__typename')
      : undefined;
  return typeof name === 'string' ? name : undefined;
};

/** Answers requests to `/api/graphql`, executed against GitHub's own schema. */
export class GraphApi {
  readonly #emulator: Emulator;
  readonly #log: RequestLog;
  #schema?: Promise<GraphQLSchema>;

  constructor(options: { emulator: Emulator; log: RequestLog }) {
    this.#emulator = options.emulator;
    this.#log = options.log;
  }

  async handle(
    request: Request,
    rawBody: Buffer,
    response: Response,
  ): Promise<void> {
    let viewer: Viewer | undefined;
    let state: RateLimitState | undefined;
    let status = 200;
    let cost = 0;
    let answer: object;
    try {
      viewer = authenticate(this.#emulator, request);
      if (!viewer.account) {
        throw new GitHubError(
          401,
          'This endpoint requires you to be authenticated.',
        );
      }
      const { rateLimiter } = this.#emulator;
      const refusal = whyExhausted(rateLimiter, viewer, 'graphql');
      if (refusal) {
        // Here the status is 200, https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
        answer = { errors: [{ type: 'RATE_LIMITED', message: refusal }] };
        state = rateLimiter.state(viewer.rateLimitKey, 'graphql');
      } else {
        const result = await this.#execute(viewer, RequestBody.parse(rawBody));
        answer = result.answer;
        ({ cost } = result);
        state = rateLimiter.count(viewer.rateLimitKey, 'graphql', cost);
      }
    } catch (error) {
      if (!(error instanceof GitHubError)) {
        throw error;
      }
      status = error.status;
      answer = error.toBody();
    }
    await this.#emulator.store.saved();
    this.#log.add({
      method: request.method,
      path: GRAPHQL_PATH,
      query: '',
      status,
      login: viewer?.account?.login,
      cost,
      fault: faultOf(response),
    });
    response
      .status(status)
      .set({
        'content-type': 'application/json; charset=utf-8',
        'x-github-media-type': 'github.v4; format=json',
        ...(viewer?.token && {
          'x-oauth-scopes': viewer.token.scopes.join(', '),
        }),
        ...(state && rateLimitHeaders(state)),
      })
      .send(JSON.stringify(answer));
  }

  async #execute(
    viewer: Viewer,
    body: RequestBody,
  ): Promise<{ answer: object; cost: number }> {
    const refuse = (...errors: GraphQLError[]) => ({
      answer: { errors: errors.map(presentError) },
      cost: 1,
    });
    const source = body.string('query');
    if (!source) {
      return refuse(
        new GraphQLError(
          'A query attribute must be specified and must be a string.',
        ),
      );
    }
    let document: DocumentNode;
    try {
      document = parse(source);
    } catch (error) {
      if (error instanceof GraphQLError) {
        return refuse(error);
      }
      throw error;
    }
    const schema = await this.#loadSchema();
    const problems = validate(schema, document);
    if (problems.length > 0) {
      return refuse(...problems);
    }
    const operationName = body.string('operationName');
    const operation = getOperationAST(document, operationName);
    if (!operation) {
      return refuse(
        new GraphQLError(
          'An operation name is required when there are several.',
        ),
      );
    }
    const variables = body.object('variables')?.fields ?? {};
    const fragments = new Map(
      document.definitions
        .filter(
          (definition): definition is FragmentDefinitionNode =>
            definition.kind === Kind.FRAGMENT_DEFINITION,
        )
        .map(fragment => [fragment.name.value, fragment]),
    );
    const queried = queryCost({ schema, operation, fragments, variables });
    if (queried.nodeCount > MOST_NODES) {
      return refuse(
        graphError(
          'MAX_NODE_LIMIT_EXCEEDED',
          `This query requests up to ${queried.nodeCount.toLocaleString(
            'en',
          )} possible nodes which exceeds the maximum limit of ${MOST_NODES.toLocaleString(
            'en',
          )}.`,
        ),
      );
    }
    const context = { emulator: this.#emulator, viewer };
    const result = await execute({
      schema,
      document,
      operationName,
      variableValues: variables,
      rootValue:
        operation.operation === 'mutation'
          ? mutationRoot(context)
          : queryRoot(context, queried),
      fieldResolver: resolveField,
      typeResolver: resolveType,
    });
    return {
      cost: queried.cost,
      answer: {
        ...(result.data !== undefined && { data: result.data }),
        ...(result.errors && { errors: result.errors.map(presentError) }),
      },
    };
  }

  async #loadSchema(): Promise<GraphQLSchema> {
    this.#schema ??= loadSchema();
    return await this.#schema;
  }
}

async function loadSchema(): Promise<GraphQLSchema> {
  const file = packageFile('@octokit/graphql-schema', 'schema.graphql');
  const text = await fs.readFile(file, 'utf8');
  return buildASTSchema(parse(text, { noLocation: true }), {
    assumeValid: true,
  });
}

/** GitHub puts the type of an error beside its message. */
function presentError(error: GraphQLError): object {
  const { type } = error.extensions;
  return {
    ...(type !== undefined && { type }),
    message: error.message,
    ...(error.path && { path: error.path }),
    ...(error.locations && { locations: error.locations }),
  };
}

import { JsonObject, JsonValue } from '@backstage/types';
import Ajv, { ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { GitHubDescription } from './GitHubDescription';
import { isJsonObject, SCHEMA_BASE, toJsonSchema } from './jsonSchema';

/** Something that GitHub's own description says cannot be. */
export interface Violation {
  method: string;
  /** The template of the endpoint. */
  endpoint: string;
  path: string;
  side: 'request' | 'response';
  status: number;
  /** What is wrong, with the place in the document. */
  message: string;
}

/** A request and its answer, as far as they are checked. */
export interface Exchange {
  method: string;
  endpoint: string;
  path: string;
  query: URLSearchParams;
  requestBody?: JsonValue;
  status: number;
  /** The variant that `Accept` asks for. */
  media?: string;
  /** The JSON of the answer; undefined when it has none, or is no JSON. */
  responseBody?: JsonValue;
  isBinary: boolean;
}

/** Errors and redirects that any operation may answer with, described or not. */
const GENERAL_ERRORS = [301, 307, 400, 401, 403, 404, 409, 410, 415, 422, 429];

/** Checks what goes in and out against {@link GitHubDescription}. Schemas are compiled when they are first used. */
export class TruthCheck {
  readonly #description: GitHubDescription;
  readonly #ajv: Ajv;
  readonly #registered = new Set<string>();
  readonly #validators = new Map<JsonObject, ValidateFunction>();

  constructor(description: GitHubDescription) {
    this.#description = description;
    this.#ajv = new Ajv({
      strict: false,
      allErrors: true,
      logger: false,
      coerceTypes: false,
    });
    addFormats(this.#ajv);
  }

  check(exchange: Exchange): Violation[] {
    const operation = this.#description.operation(
      exchange.method,
      exchange.endpoint,
    );
    if (!operation) {
      return [violation(exchange, 'response', 'GitHub has no such endpoint')];
    }
    const problems = this.#checkResponse(operation, exchange).map(message =>
      violation(exchange, 'response', message),
    );
    // A request that was refused was not let through; how wrong it was does not matter.
    if (exchange.status < 400) {
      problems.push(
        ...this.#checkRequest(operation, exchange).map(message =>
          violation(exchange, 'request', message),
        ),
      );
    }
    return problems;
  }

  #checkRequest(operation: JsonObject, exchange: Exchange): string[] {
    const problems: string[] = [];
    const parameters = Array.isArray(operation.parameters)
      ? operation.parameters.filter(isJsonObject)
      : [];
    for (const one of parameters) {
      const parameter = this.#description.resolve(one);
      const { name, schema } = parameter;
      if (parameter.in !== 'query' || typeof name !== 'string') {
        continue;
      }
      const text = exchange.query.get(name);
      if (text === null) {
        if (parameter.required === true) {
          problems.push(`query parameter ${name} is missing`);
        }
      } else if (isJsonObject(schema)) {
        problems.push(
          ...this.#problems(schema, coerce(text, schema)).map(
            problem => `query parameter ${name} ${problem}`,
          ),
        );
      }
    }
    const body = operation.requestBody;
    const schema =
      isJsonObject(body) && schemaOf(body.content, 'application/json');
    if (schema && isJsonObject(body)) {
      if (exchange.requestBody !== undefined) {
        problems.push(...this.#problems(schema, exchange.requestBody));
      } else if (body.required === true) {
        problems.push('the body is missing');
      }
    }
    return problems;
  }

  #checkResponse(operation: JsonObject, exchange: Exchange): string[] {
    const responses = isJsonObject(operation.responses)
      ? operation.responses
      : {};
    const described = responses[String(exchange.status)];
    if (!isJsonObject(described)) {
      if (!GENERAL_ERRORS.includes(exchange.status)) {
        return [`GitHub does not answer ${exchange.status} here`];
      }
      return this.#problems(
        { $ref: '#/components/schemas/basic-error' },
        exchange.responseBody,
      );
    }
    if (exchange.isBinary) {
      return [];
    }
    const { content } = this.#description.resolve(described);
    const schema = schemaOf(content, mediaType(content, exchange.media));
    if (!schema) {
      return exchange.responseBody === undefined ||
        exchange.status === 302 ||
        exchange.status >= 400
        ? []
        : ['GitHub sends no body here'];
    }
    return this.#problems(schema, exchange.responseBody);
  }

  #problems(schema: JsonObject, value: JsonValue | undefined): string[] {
    const validate = this.#validator(schema);
    if (value === undefined) {
      return ['the body is missing'];
    }
    if (validate(value)) {
      return [];
    }
    return (validate.errors ?? [])
      .slice(0, 5)
      .map(
        error =>
          `${error.instancePath || '/'} ${error.message ?? error.keyword}`,
      );
  }

  #validator(schema: JsonObject): ValidateFunction {
    const known = this.#validators.get(schema);
    if (known) {
      return known;
    }
    const references = new Set<string>();
    const converted = toJsonSchema(schema, references);
    references.forEach(name => this.#register(name));
    const compiled = this.#ajv.compile(converted);
    this.#validators.set(schema, compiled);
    return compiled;
  }

  /** Makes a component schema, and all that it refers to, known under its name. */
  #register(name: string): void {
    if (this.#registered.has(name)) {
      return;
    }
    this.#registered.add(name);
    const references = new Set<string>();
    const converted = toJsonSchema(this.#description.schema(name), references);
    this.#ajv.addSchema(converted, `${SCHEMA_BASE}${name}`);
    references.forEach(one => this.#register(one));
  }
}

function violation(
  exchange: Exchange,
  side: Violation['side'],
  message: string,
): Violation {
  const { method, endpoint, path, status } = exchange;
  return { method, endpoint, path, side, status, message };
}

/** The media type among the described ones that a variant is sent as. */
function mediaType(
  content: JsonValue | undefined,
  media: string | undefined,
): string {
  const described = isJsonObject(content) ? Object.keys(content) : [];
  const variant =
    media &&
    described.find(type => new RegExp(`[.]${media}([+]json)?$`).test(type));
  return variant || 'application/json';
}

function schemaOf(
  content: JsonValue | undefined,
  type: string,
): JsonObject | undefined {
  const entry = isJsonObject(content) ? content[type] : undefined;
  const schema = isJsonObject(entry) ? entry.schema : undefined;
  return isJsonObject(schema) ? schema : undefined;
}

/** The value that a text in a query stands for. */
function coerce(text: string, schema: JsonObject): JsonValue {
  if (
    (schema.type === 'integer' || schema.type === 'number') &&
    text !== '' &&
    !Number.isNaN(Number(text))
  ) {
    return Number(text);
  }
  if (schema.type === 'boolean' && (text === 'true' || text === 'false')) {
    return text === 'true';
  }
  if (schema.type === 'array') {
    return text.split(',');
  }
  return text;
}

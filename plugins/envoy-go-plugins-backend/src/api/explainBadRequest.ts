import { InputError, isError } from '@backstage/errors';
import type { ErrorRequestHandler, Request } from 'express';

interface Parameter {
  name?: string;
  in?: string;
  $ref?: string;
}

interface Spec {
  paths: Record<
    string,
    Record<string, { parameters?: Parameter[] } | undefined>
  >;
  components: { parameters: Record<string, Parameter> };
}

/**
 * Makes what the validation of requests says complete: which parameter or field, what was
 * found, what is allowed.
 */
export function explainBadRequest(spec: Spec): ErrorRequestHandler {
  return (error, req, _res, next) => {
    next(
      isError(error) && error.name === 'InputError'
        ? new InputError(explain(error.message, req, spec))
        : error,
    );
  };
}

function explain(message: string, req: Request, spec: Spec): string {
  // Such as "request/query/category/0 must be equal to one of the allowed values: …"
  const invalid =
    /^request\/(query|params|headers|body)(?:\/(\S+))? (.*)$/s.exec(message);
  if (invalid) {
    const [, place, path = '', complaint] = invalid;
    const [name, ...rest] = path.split('/');
    switch (place) {
      case 'query':
        return `Query parameter "${name}" ${complaint}; found ${show(
          valueAt(req.query[name], rest),
        )}`;
      case 'params':
        return `Path parameter "${name}" ${complaint}`;
      case 'headers':
        // What was found may be a secret
        return `Header "${name}" ${complaint}`;
      default:
        return path === ''
          ? `The body ${complaint}`
          : `Field "${path.replaceAll(
              '/',
              '.',
            )}" of the body ${complaint}; found ${show(
              valueAt(req.body, path.split('/')),
            )}`;
    }
  }
  const unknown = /^Unknown query parameter '(.*)'$/s.exec(message);
  if (unknown) {
    return `Unknown query parameter "${unknown[1]}"; allowed are ${
      queryParameters(req, spec).join(', ') || 'none'
    }`;
  }
  if (/^unsupported media type/i.test(message)) {
    return 'The body must be JSON, with the header "content-type: application/json"';
  }
  return message;
}

function valueAt(value: unknown, path: string[]): unknown {
  return path.reduce<unknown>(
    (found, key) =>
      typeof found === 'object' && found !== null
        ? Object.entries(found).find(([name]) => name === key)?.[1]
        : found,
    value,
  );
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function queryParameters(req: Request, spec: Spec): (string | undefined)[] {
  const steps = req.path.split('/');
  const [, operations] =
    Object.entries(spec.paths).find(([path]) => {
      const parts = path.split('/');
      return (
        parts.length === steps.length &&
        parts.every((part, at) => part === steps[at] || part.startsWith('{'))
      );
    }) ?? [];
  return (operations?.[req.method.toLocaleLowerCase('en-US')]?.parameters ?? [])
    .map(({ $ref, ...parameter }) =>
      $ref === undefined
        ? parameter
        : spec.components.parameters[$ref.split('/').slice(-1)[0]],
    )
    .filter(parameter => parameter.in === 'query')
    .map(parameter => parameter.name);
}

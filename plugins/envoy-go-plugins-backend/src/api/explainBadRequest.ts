import { InputError, isError } from '@backstage/errors';
import type { ErrorRequestHandler, Request } from 'express';

interface Spec {
  paths: Record<
    string,
    { get?: { parameters?: { name?: string; in?: string }[] } }
  >;
}

/**
 * Makes what the validation of requests says complete: which parameter, what was found,
 * what is allowed.
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
  const invalid = /^request\/query\/([^/ ]+)(?:\/(\d+))? (.*)$/s.exec(message);
  if (invalid) {
    const [, name, index, complaint] = invalid;
    const given = req.query[name];
    const found = Array.isArray(given) && index ? given[Number(index)] : given;
    return `Query parameter "${name}" ${complaint}; found ${JSON.stringify(
      found,
    )}`;
  }
  const unknown = /^Unknown query parameter '(.*)'$/s.exec(message);
  if (unknown) {
    const allowed = (spec.paths[req.path]?.get?.parameters ?? [])
      .filter(parameter => parameter.in === 'query')
      .map(parameter => parameter.name);
    return `Unknown query parameter "${unknown[1]}"; allowed are ${
      allowed.join(', ') || 'none'
    }`;
  }
  return message;
}

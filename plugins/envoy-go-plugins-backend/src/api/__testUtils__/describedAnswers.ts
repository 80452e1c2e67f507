import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { readOpenApiSpec } from '../openApiSpec';

/** An operation that `openapi.yaml` describes. */
export interface DescribedOperation {
  method: 'get' | 'put' | 'post' | 'delete';
  /** With its parameters in braces. */
  path: string;
  /** Whether it is for everybody, without signing in. */
  isPublic: boolean;
}

const METHODS = ['get', 'put', 'post', 'delete'] as const;

/** All operations that `openapi.yaml` describes. */
export function describedOperations(): DescribedOperation[] {
  const paths: Record<
    string,
    Partial<Record<(typeof METHODS)[number], { security: object[] }>>
  > = readOpenApiSpec().paths;
  return Object.entries(paths).flatMap(([path, operations]) =>
    METHODS.flatMap(method => {
      const operation = operations[method];
      return operation
        ? {
            method,
            path,
            isPublic: operation.security.every(
              scheme => Object.keys(scheme).length === 0,
            ),
          }
        : [];
    }),
  );
}

/** Makes a check that tells how an answer differs from what `openapi.yaml` says. */
export function createAnswerCheck(): (answer: {
  method: string;
  /** As it was asked for, below the plugin's address, without the query. */
  path: string;
  status: number;
  body: unknown;
}) => string | undefined {
  const spec = readOpenApiSpec();
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(spec, 'api');
  return ({ method, path, status, body }) => {
    const template = Object.keys(spec.paths).find(
      each =>
        new RegExp(`^${each.replace(/\{\w+\}/g, '[^/]+')}$`).test(path) &&
        method in spec.paths[each],
    );
    if (template === undefined) {
      return `${method} ${path} is not described`;
    }
    const answers = spec.paths[template][method].responses;
    const isError = !(status in answers);
    if (
      !isError &&
      answers[status].content?.['application/json'] === undefined
    ) {
      return undefined;
    }
    const schema = isError
      ? 'api#/components/schemas/Error'
      : `api#/paths/${escape(
          template,
        )}/${method}/responses/${status}/content/application~1json/schema`;
    return ajv.validate({ $ref: schema }, body)
      ? undefined
      : `${method} ${path}: ${ajv.errorsText()}`;
  };
}

function escape(text: string): string {
  return encodeURIComponent(text.replace(/~/g, '~0').replace(/\//g, '~1'));
}

import type { EnvoyProof, ProofRequest } from './EnvoyProof';
import { stepsOf } from './EnvoyProof';

/**
 * The curl command line that sends a proof's request by hand.
 *
 * @param url - of the listener, without a path
 *
 * @public
 */
export function curlCommand(request: ProofRequest, url: string): string {
  const { method = 'GET', path = '/', headers = {} } = request;
  const body =
    request.json === undefined
      ? request.body ?? request.chunks?.join('')
      : JSON.stringify(request.json);
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map(value => (value ? `${name}: ${value}` : `${name};`)),
  );
  const named = new Set(
    Object.keys(headers).map(name => name.toLocaleLowerCase('en-US')),
  );
  if (body !== undefined && !named.has('content-type')) {
    // curl would say that it is a form.
    lines.push(
      request.json === undefined
        ? 'content-type:'
        : 'content-type: application/json',
    );
  }
  if (request.chunks) {
    lines.push('transfer-encoding: chunked');
  }
  const implied = body === undefined ? 'GET' : 'POST';
  return [
    'curl -i',
    ...(method === 'HEAD' ? ['--head'] : []),
    ...(method === implied || method === 'HEAD' ? [] : [`-X ${method}`]),
    ...lines.map(line => `-H ${quote(line)}`),
    ...(body === undefined ? [] : [`--data-raw ${quote(body)}`]),
    quote(url + path),
  ].join(' ');
}

/** A case's name, and the curl command of its first request. */
export interface CurlExample {
  name: string;
  command: string;
}

/**
 * Commands to try a filter with, out of the first cases that use the configuration it
 * runs with.
 *
 * @public
 */
export function curlExamples(
  proof: EnvoyProof,
  url: string,
  count = 3,
): CurlExample[] {
  return proof.cases
    .filter(({ config }) => config === undefined)
    .slice(0, count)
    .map(proofCase => ({
      name: proofCase.name,
      command: curlCommand(stepsOf(proofCase)[0].request ?? {}, url),
    }));
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

import { isIPv4, LookupFunction } from 'node:net';
import { lookup } from 'node:dns';
import { FieldError } from '../server/GitHubError';

/** Whether an IP address is of this machine itself. */
export function isLoopback(address: string): boolean {
  return (isIPv4(address) && address.startsWith('127.')) || address === '::1';
}

/**
 * Why nothing can be delivered to an address; undefined when it can. Nothing is ever sent to another machine: an emulator
 * that was given the hooks of a real organisation must not speak for it.
 */
export function deliveryAddressRefusal(text: string): FieldError | undefined {
  const refusal = (message: string): FieldError => ({
    resource: 'Hook',
    code: 'custom',
    field: 'url',
    message,
  });
  if (!URL.canParse(text)) {
    return refusal('url is not a valid URL');
  }
  const { protocol, hostname, username, password } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') {
    return refusal('url must be an http or https address');
  }
  if (username || password) {
    return refusal('url must not contain credentials');
  }
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || isLoopback(host)
    ? undefined
    : refusal(
        `url is not supported because the emulator delivers to this machine only (localhost), not to ${host}`,
      );
}

/** Looks a name up, as what is not of this machine is not there. */
export const lookupLoopback: LookupFunction = (
  hostname,
  options,
  callback,
): void => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) {
      callback(error, '', 4);
      return;
    }
    const own = addresses.filter(({ address }) => isLoopback(address));
    if (own.length === 0) {
      callback(
        Object.assign(new Error(`${hostname} is not this machine`), {
          code: 'ENOTFOUND',
        }),
        '',
        4,
      );
    } else if (options.all) {
      callback(null, own);
    } else {
      callback(null, own[0].address, own[0].family);
    }
  });
};

import { Urls } from './Urls';

const DEFAULT_PER_PAGE = 30;
const MAX_PER_PAGE = 100;

/** Which part of a list is asked for. */
export interface Page {
  page: number;
  perPage: number;
  /** How many items come before it. */
  offset: number;
}

/** Reads `page` and `per_page`; what is out of range becomes the nearest that is in it. */
export function readPage(query: URLSearchParams): Page {
  const page = Math.max(1, Number.parseInt(query.get('page') ?? '', 10) || 1);
  const asked = Number.parseInt(query.get('per_page') ?? '', 10);
  const perPage =
    Number.isNaN(asked) || asked < 1
      ? DEFAULT_PER_PAGE
      : Math.min(asked, MAX_PER_PAGE);
  return { page, perPage, offset: (page - 1) * perPage };
}

/** The `Link` header of a page (RFC 8288); undefined when everything is on one page. */
export function linkHeader(
  urls: Urls,
  path: string,
  query: URLSearchParams,
  total: number,
): string | undefined {
  const { page, perPage } = readPage(query);
  const last = Math.max(1, Math.ceil(total / perPage));
  const link = (rel: string, to: number) => {
    const target = new URLSearchParams(query);
    target.set('page', String(to));
    return `<${urls.api(path)}?${target}>; rel="${rel}"`;
  };
  const links = [];
  if (page > 1) {
    links.push(link('prev', Math.min(page - 1, last)));
  }
  if (page < last) {
    links.push(link('next', page + 1), link('last', last));
  }
  if (page > 1) {
    links.push(link('first', 1));
  }
  return links.length > 0 ? links.join(', ') : undefined;
}

import {
  clearFilters,
  countTicked,
  formatMarketplaceState,
  parseMarketplaceState,
  toPluginQuery,
  toggleFacetValue,
  toggleVerified,
} from './marketplaceState';

const parse = (search: string) =>
  parseMarketplaceState(new URLSearchParams(search));
const format = (search: string) =>
  formatMarketplaceState(parse(search)).toString();

describe('the state of the marketplace in its address', () => {
  it('is the front page where the address says nothing', () => {
    expect(parse('')).toEqual({
      text: '',
      facets: {
        category: [],
        runtime: [],
        lifecycle: [],
        owner: [],
        envoy: [],
      },
      verified: false,
      sort: 'stars',
      page: 1,
      view: 'cards',
    });
    expect(format('')).toBe('');
  });

  it.each([
    'q=token+auth&category=authn&category=authz&runtime=dynamic-module',
    'envoy=1.38&envoy=1.40&lifecycle=deprecated&sort=name&page=7&view=table',
    'envoy=1.40&verified=true&sort=name',
    'owner=group%3Adefault%2Fgateway&owner=user%3Adefault%2Fann.b_c-d',
  ])('reads back what it wrote: %s', search => {
    expect(format(search)).toBe(search);
  });

  it.each([
    'category=wizardry',
    'category=AUTHN',
    'runtime=wasm',
    'lifecycle=',
    'envoy=latest',
    'envoy=1.38.3',
    'owner=%3Cscript%3E',
    'owner=a/b/c',
    'sort=price',
    'sort=toString',
    'page=0',
    'page=-3',
    'page=1.5',
    'page=1e99',
    'page=abc',
    'view=list',
    'verified=yes',
    'q=++',
    'unknown=x',
  ])('ignores what makes no sense: %s', search => {
    expect(parse(search)).toEqual(parse(''));
  });

  it('takes one value of a facet once', () => {
    expect(parse('category=authn&category=authn').facets.category).toEqual([
      'authn',
    ]);
  });

  it('bounds what one address can ask for', () => {
    expect(parse(`q=${'x'.repeat(5000)}`).text).toHaveLength(200);
    const owners = Array.from({ length: 500 }, (_, i) => `owner=o${i}`);
    expect(parse(owners.join('&')).facets.owner).toHaveLength(50);
  });

  it('asks the backend for the page', () => {
    expect(toPluginQuery(parse('q=x&category=authn&page=3'))).toEqual({
      text: 'x',
      category: ['authn'],
      runtime: [],
      lifecycle: [],
      owner: [],
      envoy: [],
      sort: 'stars',
      offset: 48,
      limit: 24,
    });
  });

  it('asks for verified ones alone, counts that as a tick, and takes it back', () => {
    const verified = toggleVerified(parse('page=3'));
    expect(verified).toMatchObject({ verified: true, page: 1 });
    expect(toPluginQuery(verified).verified).toBe(true);
    expect(countTicked(verified)).toBe(1);
    expect(clearFilters(verified).verified).toBe(false);
    expect(toggleVerified(verified).verified).toBe(false);
  });

  it('ticks, unticks and begins at the first page again', () => {
    const ticked = toggleFacetValue(parse('page=4'), 'envoy', '1.38');
    expect(formatMarketplaceState(ticked).toString()).toBe('envoy=1.38');
    expect(countTicked(ticked)).toBe(1);
    expect(toggleFacetValue(ticked, 'envoy', '1.38').facets.envoy).toEqual([]);
  });

  it('clears text and ticks, and leaves order and view', () => {
    const cleared = clearFilters(
      parse('q=x&owner=a&page=2&sort=name&view=table'),
    );
    expect(formatMarketplaceState(cleared).toString()).toBe(
      'sort=name&view=table',
    );
  });
});

import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent, {
  PointerEventsCheckLevel,
} from '@testing-library/user-event';
import { mockBreakpoint } from '@backstage/core-components/testUtils';
import { renderWithApi } from '../__testUtils__/renderWithApi';
import {
  InMemoryEnvoyGoPluginsApi,
  backendFailure,
  sampleEntity,
  samplePlugin,
  samplePlugins,
} from '../__testUtils__';
import { MarketplacePage, NfsMarketplacePage } from './MarketplacePage';

// Whether anything lies above what is clicked takes a computed style of every ancestor
const user = userEvent.setup({
  pointerEventsCheck: PointerEventsCheckLevel.Never,
});

function titles() {
  const list = screen.getByRole('list', { name: 'Plugins' });
  return within(list)
    .getAllByRole('heading', { level: 3 })
    .map(heading => heading.textContent);
}

function address() {
  return screen.getByTestId('address').textContent;
}

// By its label rather than by role and name, which takes the computed styles of all that there is
function facet(name: RegExp | string) {
  return screen.getByLabelText(name, { selector: 'input[type=checkbox]' });
}

async function settled(count: string) {
  await waitFor(() =>
    expect(screen.getByRole('status')).toHaveTextContent(count),
  );
}

function manyPlugins(count: number) {
  return Array.from({ length: count }, (_, index) =>
    samplePlugin(sampleEntity(`plugin-${String(index).padStart(3, '0')}`), {
      stars: count - index,
    }),
  );
}

describe('MarketplacePage', () => {
  let api: InMemoryEnvoyGoPluginsApi;

  beforeEach(() => {
    api = new InMemoryEnvoyGoPluginsApi({ plugins: samplePlugins() });
  });

  const render = (at = '/', more = {}) =>
    renderWithApi(<NfsMarketplacePage />, { api, at, ...more });

  it('lists what is there, most stars first, with counts and without the deprecated', async () => {
    await render();
    await settled('1–5 of 5 plugins');
    expect(titles()).toEqual([
      'CORS guard',
      'Token auth',
      'Local rate limit',
      'Header auth',
      'Body transform',
    ]);
    expect(
      screen.getByRole('checkbox', { name: 'authn 2 plugins' }),
    ).not.toBeChecked();
    expect(facet('access 1 plugin')).toBeInTheDocument();
    expect(facet('dynamic module 4 plugins')).toBeInTheDocument();
    expect(facet('Envoy 1.36 1 plugin')).toBeInTheDocument();
    expect(facet('deprecated 1 plugin')).not.toBeChecked();
    expect(screen.queryByText('Old auth')).not.toBeInTheDocument();
  });

  it('says of a plugin that was not run what its author claims, and that in no other words', async () => {
    await render();
    await settled('5 plugins');
    const card = screen
      .getByRole('link', { name: 'CORS guard' })
      .closest('li')!;
    expect(card).toHaveTextContent('access · golang filter');
    expect(card).toHaveTextContent('claims Envoy 1.36, 1.38–1.39');
    expect(card).toHaveTextContent('v2.1.0');
    expect(card).toHaveTextContent('1.2K stars on GitHub');
    expect(card).not.toHaveTextContent(/verified|passed|proven/);
    expect(
      screen.getByRole('link', { name: 'Local rate limit' }).closest('li'),
    ).toHaveTextContent('experimental');
    expect(
      screen.getByRole('link', { name: 'Body transform' }).closest('li'),
    ).toHaveTextContent('no release yet');
  });

  it('says which plugins are verified: by which version, in which Envoys, and when', async () => {
    await render();
    await settled('5 plugins');
    const card = within(
      screen.getByRole('link', { name: 'Token auth' }).closest('li')!,
    );
    const label = card.getByText('verified');
    await user.hover(label);
    expect(await screen.findByRole('tooltip')).toHaveTextContent(
      /^v1\.4\.0 was proven in Envoy 1\.38\.3, 1\.39\.3, and 1\.40\.0, .+\.$/,
    );
    expect(
      card.getByRole('list', { name: 'Proven in Envoy' }),
    ).toHaveTextContent('Envoy1.38 passed1.39 passed1.40 passed');
    expect(screen.getAllByText('verified')).toHaveLength(1);
  });

  it('says where the latest release failed and where it was not run', async () => {
    await render();
    await settled('5 plugins');
    const card = within(
      screen.getByRole('link', { name: 'Local rate limit' }).closest('li')!,
    );
    expect(card.queryByText('verified')).not.toBeInTheDocument();
    expect(
      card.getByRole('list', { name: 'Proven in Envoy' }),
    ).toHaveTextContent('1.38 passed1.39 not run1.40 failed');
  });

  it('shows verified ones alone, keeps that in the address, and takes it back', async () => {
    await render();
    await settled('5 plugins');
    await user.click(
      screen.getByRole('checkbox', { name: 'Verified 1 plugin' }),
    );
    await settled('1–1 of 1 plugin');
    expect(titles()).toEqual(['Token auth']);
    expect(address()).toBe('/?verified=true');
    await user.click(
      screen.getByRole('button', { name: 'Remove the filter Verified' }),
    );
    await settled('5 plugins');
    expect(address()).toBe('/');
  });

  it('leads from a card to the plugin’s page', async () => {
    await render();
    await settled('5 plugins');
    expect(screen.getByRole('link', { name: 'Token auth' })).toHaveAttribute(
      'href',
      '/catalog/default/envoygoplugin/token-auth',
    );
  });

  describe('search', () => {
    it('finds as one types, keeps the focus and writes the address', async () => {
      await render();
      await settled('5 plugins');
      const field = screen.getByRole('searchbox', { name: 'Search plugins' });
      await user.type(field, 'auth');
      await settled('1–2 of 2 plugins');
      expect(titles()).toEqual(['Token auth', 'Header auth']);
      expect(field).toHaveFocus();
      expect(address()).toBe('/?q=auth');
    });

    it('asks once for a word typed in one go', async () => {
      await render();
      await settled('5 plugins');
      const asked = api.queries.length;
      await user.type(screen.getByRole('searchbox'), 'rate limit');
      await settled('1–1 of 1 plugin');
      expect(api.queries.length - asked).toBeLessThanOrEqual(2);
    });

    it('asks at once on Enter, and clears on Escape', async () => {
      await render();
      await settled('5 plugins');
      const field = screen.getByRole('searchbox');
      await user.type(field, 'cors{Enter}');
      expect(address()).toBe('/?q=cors');
      await settled('1 plugin');
      await user.type(field, '{Escape}');
      expect(field).toHaveValue('');
      expect(address()).toBe('/');
      expect(field).toHaveFocus();
    });

    it('makes one entry in the history for one bout of typing', async () => {
      await render();
      await settled('5 plugins');
      const field = screen.getByRole('searchbox');
      await user.type(field, 'a{Enter}u{Enter}t{Enter}h{Enter}');
      expect(address()).toBe('/?q=auth');
      await user.click(screen.getByText('Go back'));
      expect(address()).toBe('/');
      expect(field).toHaveValue('');
      await settled('5 plugins');
      await user.click(screen.getByText('Go forward'));
      expect(field).toHaveValue('auth');
      await settled('2 plugins');
    });
  });

  describe('facets', () => {
    it('shows a tick before the answer comes, with the previous results beside it', async () => {
      await render();
      await settled('5 plugins');
      const release = api.hold();
      await user.click(facet('authn 2 plugins'));
      expect(facet(/^authn /)).toBeChecked();
      expect(address()).toBe('/?category=authn');
      expect(titles()).toHaveLength(5);
      expect(screen.getByRole('status')).toHaveTextContent('5 plugins');
      expect(screen.getByRole('region', { name: 'Results' })).toHaveAttribute(
        'aria-busy',
        'true',
      );
      await act(async () => release());
      await settled('1–2 of 2 plugins');
      expect(titles()).toEqual(['Token auth', 'Header auth']);
    });

    it('joins values of one facet and narrows by several', async () => {
      await render();
      await settled('5 plugins');
      await user.click(facet(/^authn /));
      await user.click(facet(/^access /));
      await settled('3 plugins');
      await user.click(facet(/^golang filter /));
      await settled('1–1 of 1 plugin');
      expect(titles()).toEqual(['CORS guard']);
      expect(address()).toBe(
        '/?category=authn&category=access&runtime=golang-filter',
      );
    });

    it('goes back through the ticks', async () => {
      await render();
      await settled('5 plugins');
      await user.click(facet(/^authn /));
      await settled('2 plugins');
      await user.click(facet(/^traffic /));
      await settled('3 plugins');
      await user.click(screen.getByText('Go back'));
      await settled('2 plugins');
      expect(facet(/^traffic /)).not.toBeChecked();
      expect(facet(/^authn /)).toBeChecked();
    });

    it('shows the deprecated when asked for', async () => {
      await render();
      await settled('5 plugins');
      await user.click(facet(/^deprecated /));
      await settled('1 plugin');
      expect(titles()).toEqual(['Old auth']);
    });

    it('keeps a ticked value that leads nowhere, so that it can be unticked', async () => {
      await render('/?category=observability');
      await screen.findByText(/No plugin matches these filters/);
      expect(facet('observability 0 plugins')).toBeChecked();
      await user.click(facet('observability 0 plugins'));
      await settled('5 plugins');
    });

    it('can be worked with the keyboard alone', async () => {
      await render();
      await settled('5 plugins');
      facet(/^authn /).focus();
      await user.keyboard(' ');
      expect(facet(/^authn /)).toBeChecked();
      expect(facet(/^authn /)).toHaveFocus();
      await settled('2 plugins');
    });

    it('lists active filters, each with a way back, and clears them all', async () => {
      await render('/?q=auth&category=authn&envoy=1.40&sort=name');
      await settled('2 plugins');
      const active = screen.getByRole('list', { name: 'Active filters' });
      await user.click(
        within(active).getByRole('button', { name: /Category authn/ }),
      );
      expect(address()).toBe('/?q=auth&envoy=1.40&sort=name');
      await user.click(
        within(active).getByRole('button', { name: /the search for auth/ }),
      );
      expect(address()).toBe('/?envoy=1.40&sort=name');
      await user.click(screen.getByRole('button', { name: 'Clear all' }));
      expect(address()).toBe('/?sort=name');
      expect(
        screen.queryByRole('list', { name: 'Active filters' }),
      ).not.toBeInTheDocument();
      await settled('5 plugins');
    });
  });

  describe('order, view and pages', () => {
    it('sorts by name and by release', async () => {
      await render();
      await settled('5 plugins');
      await user.selectOptions(screen.getByLabelText('Sort'), 'Name');
      await waitFor(() => expect(titles()[0]).toBe('Body transform'));
      expect(address()).toBe('/?sort=name');
      await user.selectOptions(
        screen.getByLabelText('Sort'),
        'Recently released',
      );
      await waitFor(() => expect(titles()[0]).toBe('Local rate limit'));
    });

    it('shows the same list as a table', async () => {
      await render();
      await settled('5 plugins');
      await user.click(screen.getByRole('button', { name: 'Table' }));
      const table = screen.getByRole('table', { name: 'Plugins' });
      expect(within(table).getAllByRole('row')).toHaveLength(6);
      expect(
        within(table).getByRole('row', { name: /CORS guard/ }),
      ).toHaveTextContent('1.36, 1.38–1.39');
      expect(
        within(table).getByRole('columnheader', { name: 'Envoy' }),
      ).toBeInTheDocument();
      expect(address()).toBe('/?view=table');
    });

    it('pages, by links', async () => {
      api = new InMemoryEnvoyGoPluginsApi({ plugins: manyPlugins(60) });
      await render();
      await settled('1–24 of 60 plugins');
      await user.click(screen.getByLabelText('Go to page 3'));
      await settled('49–60 of 60 plugins');
      expect(titles()).toHaveLength(12);
      expect(address()).toBe('/?page=3');
      await user.click(screen.getByText('Go back'));
      await settled('1–24 of 60 plugins');
    });

    it('goes to the last page where the address names a later one', async () => {
      api = new InMemoryEnvoyGoPluginsApi({ plugins: manyPlugins(30) });
      await render('/?page=99');
      await settled('25–30 of 30 plugins');
      expect(address()).toBe('/?page=2');
    });

    it('ignores what makes no sense in the address', async () => {
      await render('/?category=wizardry&page=-1&sort=price&view=3d');
      await settled('5 plugins');
      expect(titles()).toHaveLength(5);
    });
  });

  it('drops an answer that comes after the question has changed', async () => {
    await render();
    await settled('5 plugins');
    const releaseFirst = api.hold();
    await user.click(facet(/^authn /));
    api.hold()();
    await user.click(facet(/^authn /));
    await settled('5 plugins');
    await act(async () => releaseFirst());
    expect(titles()).toHaveLength(5);
  });

  describe('states', () => {
    it('keeps the place of what is loading', async () => {
      const release = api.hold();
      await render();
      expect(screen.getByRole('region', { name: 'Results' })).toHaveAttribute(
        'aria-busy',
        'true',
      );
      expect(screen.getByRole('searchbox')).toBeEnabled();
      expect(screen.queryByRole('alert')).not.toBeInTheDocument();
      await act(async () => release());
      await settled('5 plugins');
    });

    it('says what was not found, and offers to clear and to create', async () => {
      await render('/?q=zebra');
      const sentence = await screen.findByText(
        (_, node) =>
          node?.tagName === 'P' &&
          /^No plugin matches zebra\. Clear filters, or create one\.$/.test(
            node.textContent ?? '',
          ),
      );
      expect(
        within(sentence).getByRole('link', { name: 'create one' }),
      ).toHaveAttribute('href', '/create/templates/default/envoy-go-filter');
      await user.click(
        within(sentence).getByRole('button', { name: 'Clear filters' }),
      );
      await settled('5 plugins');
      expect(screen.getByRole('searchbox')).toHaveValue('');
    });

    it('says so where everything is deprecated', async () => {
      api = new InMemoryEnvoyGoPluginsApi({
        plugins: samplePlugins().slice(5),
      });
      await render();
      await user.click(
        await screen.findByRole('button', { name: 'Show them' }),
      );
      await settled('1 plugin');
      expect(titles()).toEqual(['Old auth']);
    });

    it('explains itself on first use', async () => {
      api = new InMemoryEnvoyGoPluginsApi({ plugins: [] });
      await render();
      expect(await screen.findByText('No plugins yet')).toBeInTheDocument();
      expect(
        screen.getByRole('button', { name: 'Create a filter' }),
      ).toHaveAttribute('href', '/create/templates/default/envoy-go-filter');
      expect(
        screen.getByRole('button', { name: 'Register existing plugin' }),
      ).toHaveAttribute('href', '/catalog-import');
    });

    it('has no dead buttons where there is no scaffolder', async () => {
      await render('/?q=zebra', { withCreation: false });
      expect(
        await screen.findByText(/No plugin matches/, { selector: 'p' }),
      ).toHaveTextContent('No plugin matches zebra. Clear filters.');
      expect(screen.queryByText('Create a filter')).not.toBeInTheDocument();
    });

    it('says why nothing is shown and tries again', async () => {
      api.failWith(await backendFailure(503, 'The database is starting'));
      await render();
      const alert = await screen.findByRole('alert');
      expect(alert).toHaveTextContent(
        'The portal’s backend answered 503. The database is starting.',
      );
      expect(screen.getByRole('searchbox')).toBeInTheDocument();
      api.failWith(undefined);
      await user.click(screen.getByRole('button', { name: 'Retry' }));
      await settled('5 plugins');
      expect(screen.queryByRole('alert')).not.toBeInTheDocument();
    });

    it('keeps the facets when a later question fails', async () => {
      await render();
      await settled('5 plugins');
      api.failWith(new TypeError('Failed to fetch'));
      await user.click(facet(/^authn /));
      expect(await screen.findByRole('alert')).toHaveTextContent(
        'The portal’s backend did not answer.',
      );
      expect(facet(/^authn /)).toBeChecked();
    });

    it('tells those who may not see it whom to ask', async () => {
      api.failWith(await backendFailure(403, 'Unauthorized'));
      await render();
      expect(await screen.findByRole('alert')).toHaveTextContent(
        'You may not see the marketplace',
      );
      expect(screen.queryByRole('searchbox')).not.toBeInTheDocument();
    });
  });

  it('puts the facets into a drawer on a phone', async () => {
    mockBreakpoint({ matches: true });
    await render();
    await settled('5 plugins');
    expect(screen.queryByRole('checkbox')).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Filters' }));
    const drawer = await screen.findByRole('dialog', { name: 'Filters' });
    await user.click(within(drawer).getByRole('checkbox', { name: /^authn / }));
    await user.click(
      await within(drawer).findByRole('button', { name: 'Show 2 plugins' }),
    );
    await waitFor(() =>
      expect(
        screen.queryByRole('dialog', { name: 'Filters' }),
      ).not.toBeInTheDocument(),
    );
    expect(titles()).toHaveLength(2);
    mockBreakpoint({ matches: false });
  });

  it('brings a header of its own in the legacy frontend system', async () => {
    await renderWithApi(<MarketplacePage />, { api });
    expect(
      screen.getByRole('heading', { level: 1, name: 'Envoy Go Plugins' }),
    ).toBeInTheDocument();
    await settled('5 plugins');
  });
});

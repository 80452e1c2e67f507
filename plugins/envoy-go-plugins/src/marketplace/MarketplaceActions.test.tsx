import { screen } from '@testing-library/react';
import { InMemoryEnvoyGoPluginsApi } from '../__testUtils__';
import { renderWithApi } from '../__testUtils__/renderWithApi';
import { MarketplaceActions } from './MarketplaceActions';

describe('MarketplaceActions', () => {
  it('offers no registration to those who may not register', async () => {
    await renderWithApi(<MarketplaceActions />, {
      api: new InMemoryEnvoyGoPluginsApi({ plugins: [] }),
      mayRegister: false,
    });
    expect(
      await screen.findByRole('button', { name: 'Create a filter' }),
    ).toHaveAttribute('href', '/create/templates/default/envoy-go-filter');
    expect(
      screen.queryByText('Register existing plugin'),
    ).not.toBeInTheDocument();
  });
});

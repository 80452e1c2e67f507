import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  InMemoryEnvoyGoPluginsAdministrationApi,
  sampleAdministration,
} from '../__testUtils__';
import { renderAdministration } from '../__testUtils__/renderAdministration';

const address = () => screen.getByTestId('address').textContent;

describe('the record', () => {
  let api: InMemoryEnvoyGoPluginsAdministrationApi;
  beforeEach(() => {
    api = new InMemoryEnvoyGoPluginsAdministrationApi(sampleAdministration());
  });
  const render = (at = '/record') => renderAdministration({ api, at });

  it('says who did what, and what failed', async () => {
    await render();
    const failed = await screen.findByRole('row', { name: /GitHub refused/ });
    expect(failed).toHaveTextContent('Failed');
    expect(
      screen.getByRole('row', { name: /Fetched 2 deliveries/ }),
    ).toHaveTextContent('the portal');
    const invited = screen.getByRole('row', { name: /Invited newcomer/ });
    expect(within(invited).getAllByRole('link')[0]).toHaveAttribute(
      'href',
      '/catalog/default/user/admin',
    );
    expect(invited).not.toHaveTextContent('Failed');
  });

  it('narrows by action and by who did it', async () => {
    await render();
    await userEvent.click(
      await screen.findByRole('button', { name: /^member.invite/ }),
    );
    expect(await screen.findByText('2 records')).toBeInTheDocument();
    await userEvent.click(
      screen.getByRole('button', { name: /^Details of: Invited newcomer/ }),
    );
    expect(screen.getByText('gateway')).toBeInTheDocument();
    await userEvent.click(
      screen.getByRole('button', { name: 'Show all of theirs' }),
    );
    await waitFor(() =>
      expect(address()).toBe(
        '/envoy-go-plugins/admin/record?actor=user:default/admin&action=member.invite',
      ),
    );
    await userEvent.click(
      await screen.findByRole('button', { name: /^member.invite/ }),
    );
    expect(await screen.findByText('3 records')).toBeInTheDocument();
    await userEvent.click(
      screen.getByRole('button', { name: /Done by user:default\/admin/ }),
    );
    expect(await screen.findByText('5 records')).toBeInTheDocument();
  });

  it('says that all of it is as it was written, and with what it ends', async () => {
    await render();
    await userEvent.click(
      await screen.findByRole('button', { name: 'Verify' }),
    );
    expect(
      await screen.findByText(/All 5 records are there/),
    ).toBeInTheDocument();
    expect(screen.getByText('5'.repeat(64))).toBeInTheDocument();
  });

  it('says what was changed, and what is missing', async () => {
    api.state.verification = {
      records: 5,
      hash: 'f'.repeat(64),
      problems: [
        { number: 2, kind: 'missing', message: 'Record 2 is missing' },
        { number: 4, kind: 'changed', message: 'Record 4 says something else' },
      ],
    };
    await render();
    await userEvent.click(
      await screen.findByRole('button', { name: 'Verify' }),
    );
    const problems = await screen.findByText(/not as it was written/);
    expect(problems).toHaveTextContent('Record 2 is missing');
    expect(problems).toHaveTextContent('Record 4 says something else');
  });

  it('exports what the filters leave', async () => {
    const exported = jest.spyOn(api, 'exportRecord');
    const saved = jest
      .spyOn(HTMLAnchorElement.prototype, 'click')
      .mockImplementation();
    await render('/record?q=invited');
    await screen.findByRole('row', { name: /Invited newcomer/ });
    await userEvent.click(
      screen.getByRole('button', { name: 'Download the record as CSV' }),
    );
    await waitFor(() =>
      expect(exported).toHaveBeenCalledWith({ text: 'invited', format: 'csv' }),
    );
    await waitFor(() => expect(saved).toHaveBeenCalledTimes(1));
  });

  it('says that nothing is recorded yet', async () => {
    api.state.record = [];
    await render();
    expect(
      await screen.findByText('Nothing is recorded yet'),
    ).toBeInTheDocument();
  });

  it('clears filters that nothing matches', async () => {
    await render('/record?q=zebra');
    await userEvent.click(
      await screen.findByRole('button', { name: 'Clear filters' }),
    );
    expect(await screen.findByText('5 records')).toBeInTheDocument();
    expect(address()).toBe('/envoy-go-plugins/admin/record');
  });
});

import { screen } from '@testing-library/react';
import { axe } from 'jest-axe';
import { renderInTestApp } from '@backstage/test-utils';
import { EnvoyGoPluginSearchResultListItem } from './EnvoyGoPluginSearchResultListItem';

const document = {
  title: 'Token auth',
  text: 'Rejects requests that do not carry a valid token\ntoken-auth\nmd5',
  description: 'Rejects requests that do not carry a valid token',
  location: '/catalog/default/envoygoplugin/token-auth',
  category: 'authn',
  runtime: 'dynamic-module',
  lifecycle: 'experimental',
  owner: 'group:default/gateway',
  filterName: 'token-auth',
  tags: ['md5'],
};

describe('EnvoyGoPluginSearchResultListItem', () => {
  it('names the plugin, leads to it and says what it is', async () => {
    const { container } = await renderInTestApp(
      <EnvoyGoPluginSearchResultListItem result={document} />,
    );
    expect(screen.getByRole('link', { name: 'Token auth' })).toHaveAttribute(
      'href',
      document.location,
    );
    for (const text of [
      document.description,
      'authn',
      'dynamic module',
      'experimental',
      'filter token-auth',
    ]) {
      expect(screen.getByText(text)).toBeInTheDocument();
    }
    expect(await axe(container)).toHaveNoViolations();
  });

  it('marks what was found', async () => {
    await renderInTestApp(
      <EnvoyGoPluginSearchResultListItem
        result={document}
        highlight={{
          preTag: '<b>',
          postTag: '</b>',
          fields: { title: 'Token <b>auth</b>' },
        }}
      />,
    );
    expect(screen.getByText('auth').tagName).toBe('MARK');
  });

  it('marks no more than what was found where an engine marks nothing', async () => {
    await renderInTestApp(
      <EnvoyGoPluginSearchResultListItem
        result={document}
        highlight={{
          preTag: '<b>',
          postTag: '</b>',
          fields: {
            title: '<b></b>',
            description: 'Rejects <b>requests</b> of all sorts<b></b>',
          },
        }}
      />,
    );
    expect(screen.getByText('requests').tagName).toBe('MARK');
    expect(window.document.querySelectorAll('mark')).toHaveLength(1);
    expect(
      screen.getByRole('link', { name: 'Token auth' }),
    ).toBeInTheDocument();
  });

  it('bears a document that says nothing but its title', async () => {
    await renderInTestApp(
      <EnvoyGoPluginSearchResultListItem
        result={{ title: 'Bare', text: '', location: '/x' }}
      />,
    );
    expect(screen.getByRole('link', { name: 'Bare' })).toBeInTheDocument();
  });
});

import { ConfigReader } from '@backstage/config';
import { readWebhookConfig } from './readWebhookConfig';

const read = (github?: object) =>
  readWebhookConfig(
    new ConfigReader({ envoyGoPlugins: { ...(github && { github }) } }),
  );

describe('readWebhookConfig', () => {
  it('takes 25 MiB where nothing else is said, as GitHub sends at most', () => {
    expect(read({ webhookSecret: 's' })).toEqual({
      secret: 's',
      maxBodyBytes: 26_214_400,
    });
    expect(read({ webhookSecret: 's', webhookMaxBodyBytes: 7 })).toEqual({
      secret: 's',
      maxBodyBytes: 7,
    });
  });

  it.each([
    [undefined],
    [{}],
    [{ webhooks: false }],
    [{ webhooks: false, webhookSecret: 's' }],
  ])('wants none with %j', github => {
    expect(read(github)).toBeUndefined();
  });

  it.each([
    [{ webhooks: true }],
    [{ webhooks: true, webhookSecret: '' }],
    [{ webhookSecret: '' }],
    [{ webhookSecret: '  ' }],
    [{ webhooks: true, webhookSecret: 7 }],
  ])('is never open, as it would be with %j', github => {
    expect(() => read(github)).toThrow(
      'envoyGoPlugins.github.webhookSecret: found none, or an empty one',
    );
  });

  it.each([0, 1.5, -1])('refuses a limit of %p bytes', webhookMaxBodyBytes => {
    expect(() => read({ webhookSecret: 's', webhookMaxBodyBytes })).toThrow(
      `found ${webhookMaxBodyBytes}, allowed are whole numbers from 1`,
    );
  });
});

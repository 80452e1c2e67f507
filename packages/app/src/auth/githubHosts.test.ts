import { ConfigReader } from '@backstage/config';
import { githubHosts } from './githubHosts';

describe('githubHosts', () => {
  it('is github.com where nothing is configured', () => {
    expect(githubHosts(new ConfigReader({}))).toEqual(['github.com']);
  });

  it('names each configured host once', () => {
    const config = new ConfigReader({
      integrations: {
        github: [
          { host: 'localhost:4010' },
          {},
          { host: 'github.com' },
          { host: 'localhost:4010' },
        ],
      },
    });
    expect(githubHosts(config)).toEqual(['localhost:4010', 'github.com']);
  });
});

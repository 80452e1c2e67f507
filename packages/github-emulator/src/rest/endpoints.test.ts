import { promises as fs } from 'node:fs';
import path from 'node:path';
import { GitHubDescription } from '../truth/GitHubDescription';
import { ROUTES } from './routes';

const README = path.resolve(__dirname, '../../README.md');
const BEGIN = '<!-- endpoints:';
const END = '<!-- endpoints end -->';

describe('the endpoints', () => {
  it('are all GitHub’s own', async () => {
    const description = await GitHubDescription.load();
    const unknown = Object.values(ROUTES)
      .flat()
      .filter(
        ({ method, path: template }) =>
          !description.operation(method, template),
      );
    expect(unknown).toEqual([]);
  });

  it('are there once each', () => {
    const all = Object.values(ROUTES)
      .flat()
      .map(({ method, path: template }) => `${method} ${template}`);
    expect(all.filter((one, at) => all.indexOf(one) !== at)).toEqual([]);
  });

  it('are listed in the README', async () => {
    const byPath = (area: string) => {
      const methods = new Map<string, string[]>();
      for (const { method, path: template } of ROUTES[area]) {
        methods.set(template, [...(methods.get(template) ?? []), method]);
      }
      return [...methods].map(
        ([template, list]) => `- \`${template}\` ${list.join(', ')}`,
      );
    };
    const list = Object.keys(ROUTES)
      .map(area => `### ${area}\n\n${byPath(area).join('\n')}\n`)
      .join('\n');
    const readme = await fs.readFile(README, 'utf8');
    const begin = readme.indexOf('\n', readme.indexOf(BEGIN)) + 1;
    const end = readme.indexOf(END);
    expect(readme.slice(begin, end).trim()).toBe(list.trim());
  });
});

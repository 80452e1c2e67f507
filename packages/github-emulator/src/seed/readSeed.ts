import { InputError, isError } from '@backstage/errors';
import Ajv from 'ajv';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { Seed, SeedRepository } from './Seed';
import { SEED_SCHEMA } from './seedSchema';

/** Folders that become repositories unless they are declared one by one. */
interface FileFolders {
  folder: string;
  defaults: Omit<SeedRepository, 'name'>;
}

/** The file: a {@link Seed} whose paths are relative to it. */
type SeedFile = Seed & { folders?: FileFolders[] };

/**
 * Reads a seed.
 *
 * @param place - a YAML file, or a folder with a `github.yaml` in it
 * @param environment - the environment, from which tokens and the applications' credentials come where the file says `${NAME}`
 * @throws InputError when the file is not there or something in it is wrong, naming the place
 */
export async function readSeed(
  place: string,
  environment: Record<string, string | undefined> = process.env,
): Promise<Seed> {
  const isFolder = (await statIfThere(place))?.isDirectory() ?? false;
  const file = isFolder ? path.join(place, 'github.yaml') : place;
  if (!(await statIfThere(file))) {
    throw new InputError(
      `There is no ${file}; --seed wants a YAML file, or a folder with a github.yaml in it`,
    );
  }
  const seed = check(file, readYaml(file, await fs.readFile(file, 'utf8')));
  const base = path.dirname(file);
  const declared: SeedRepository[] = [];
  for (const repository of seed.repositories ?? []) {
    const directory =
      repository.directory && path.resolve(base, repository.directory);
    // A folder that is not there (yet) is left out; the others are still worth having.
    if (!directory || (await statIfThere(directory))?.isDirectory()) {
      declared.push({ ...repository, directory });
    }
  }
  const names = new Set(
    (seed.repositories ?? []).map(({ owner, name }) => `${owner}/${name}`),
  );
  for (const { folder, defaults } of seed.folders ?? []) {
    const parent = path.resolve(base, folder);
    for (const name of await foldersIn(parent)) {
      if (!names.has(`${defaults.owner}/${name}`)) {
        declared.push({
          ...defaults,
          name,
          directory: path.join(parent, name),
        });
      }
    }
  }
  return {
    accounts: seed.accounts,
    organizations: seed.organizations,
    applications: seed.applications?.map(application => ({
      ...application,
      clientId: substitute(file, application.clientId, environment),
      clientSecret: substitute(file, application.clientSecret, environment),
    })),
    apps: seed.apps?.map(app => ({
      ...app,
      key: substitute(file, app.key, environment),
      webhook: app.webhook?.secret
        ? {
            ...app.webhook,
            secret: substitute(file, app.webhook.secret, environment),
          }
        : app.webhook,
    })),
    tokens: seed.tokens?.map(token => ({
      ...token,
      token: substitute(file, token.token, environment),
    })),
    repositories: declared,
  };
}

/** Puts environment variables in the place of `${NAME}`. */
function substitute(
  file: string,
  text: string,
  environment: Record<string, string | undefined>,
): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = environment[name];
    if (!value) {
      throw new InputError(
        `${file} takes a secret from the environment variable ${name}, which is not set; set it to any text of your own`,
      );
    }
    return value;
  });
}

function readYaml(file: string, text: string): unknown {
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    const [first] = document.errors[0].message.split('\n');
    throw new InputError(`${file} is no YAML: ${first}`);
  }
  return document.toJS();
}

function check(file: string, content: unknown): SeedFile {
  const validate = new Ajv({ allErrors: true }).compile<SeedFile>(SEED_SCHEMA);
  if (!validate(content)) {
    const problems = (validate.errors ?? []).map(
      error =>
        `${error.instancePath || '/'} ${error.message}${
          'additionalProperty' in error.params
            ? ` (${error.params.additionalProperty})`
            : ''
        }`,
    );
    throw new InputError(`${file} is no seed: ${problems.join('; ')}`);
  }
  return content;
}

async function foldersIn(parent: string): Promise<string[]> {
  if (!(await statIfThere(parent))?.isDirectory()) {
    return [];
  }
  const entries = await fs.readdir(parent, { withFileTypes: true });
  return entries
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(entry => entry.name)
    .sort();
}

async function statIfThere(file: string) {
  try {
    return await fs.stat(file);
  } catch (error) {
    if (isError(error) && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

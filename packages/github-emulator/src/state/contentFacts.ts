import { GitRepository, TreeEntry } from '../git/GitRepository';

const LANGUAGES: Record<string, string> = {
  '.go': 'Go',
  '.ts': 'TypeScript',
  '.tsx': 'TypeScript',
  '.js': 'JavaScript',
  '.mjs': 'JavaScript',
  '.py': 'Python',
  '.java': 'Java',
  '.rs': 'Rust',
  '.c': 'C',
  '.h': 'C',
  '.cc': 'C++',
  '.sh': 'Shell',
  '.html': 'HTML',
  '.css': 'CSS',
  Makefile: 'Makefile',
  Dockerfile: 'Dockerfile',
};

/** Licences by words that only their text has. */
const LICENSES: Array<{ id: string; words: RegExp }> = [
  { id: 'Apache-2.0', words: /Apache License\s+Version 2\.0/ },
  { id: 'MIT', words: /Permission is hereby granted, free of charge/ },
  {
    id: 'BSD-3-Clause',
    words:
      /Redistribution and use in source and binary forms[\s\S]*Neither the name/,
  },
  {
    id: 'BSD-2-Clause',
    words: /Redistribution and use in source and binary forms/,
  },
  { id: 'MPL-2.0', words: /Mozilla Public License,? [Vv]ersion 2\.0/ },
  { id: 'GPL-3.0', words: /GNU GENERAL PUBLIC LICENSE\s+Version 3/ },
];

/** Licences that can be told from their text: SPDX identifier and title. */
export const LICENSE_NAMES: Record<string, string> = {
  'Apache-2.0': 'Apache License 2.0',
  MIT: 'MIT License',
  'BSD-3-Clause': 'BSD 3-Clause "New" or "Revised" License',
  'BSD-2-Clause': 'BSD 2-Clause "Simplified" License',
  'MPL-2.0': 'Mozilla Public License 2.0',
  'GPL-3.0': 'GNU General Public License v3.0',
};

/** Bytes of code by language, most first, told by the names of files. */
export function detectLanguages(files: TreeEntry[]): Record<string, number> {
  const bytes: Record<string, number> = {};
  for (const file of files.filter(entry => entry.type === 'blob')) {
    const name = file.path.split('/').pop() ?? '';
    const extension = /\.[^.]+$/.exec(name)?.[0] ?? name;
    const language = LANGUAGES[extension];
    if (language && file.size) {
      bytes[language] = (bytes[language] ?? 0) + file.size;
    }
  }
  return Object.fromEntries(Object.entries(bytes).sort((a, b) => b[1] - a[1]));
}

/** The language most of the code is written in. */
export function mainLanguage(
  languages: Record<string, number>,
): string | undefined {
  return Object.keys(languages)[0];
}

/** The licence file of a repository's root. */
export function licenseFile(files: TreeEntry[]): TreeEntry | undefined {
  return files.find(
    entry =>
      entry.type === 'blob' &&
      /^(licen[cs]e|copying)(\.(txt|md))?$/i.test(entry.path),
  );
}

/** SPDX identifier of the licence in a repository's root; `NOASSERTION` when there is one that is not known. */
export async function detectLicense(
  git: GitRepository,
  files: TreeEntry[],
): Promise<string | undefined> {
  const file = licenseFile(files);
  if (!file) {
    return undefined;
  }
  return licenseOf((await git.readBlob(file.sha)).toString());
}

/** SPDX identifier of a licence's text; `NOASSERTION` when it is not known. */
export function licenseOf(text: string): string {
  return LICENSES.find(({ words }) => words.test(text))?.id ?? 'NOASSERTION';
}

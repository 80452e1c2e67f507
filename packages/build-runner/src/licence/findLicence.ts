import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A licence file at the top of a source. */
export interface FoundLicence {
  /** Path of it. */
  path: string;
  /** Where its text is a known one. */
  spdx?: string;
}

const NAME = /^(licen[cs]e|copying)([.-](md|txt|apache|mit))?$/i;
const MAX_BYTES = 1024 * 1024;

/** By what only one of them says; of two that fit, the first one. */
const TEXTS: [spdx: string, sentences: RegExp[]][] = [
  ['Apache-2.0', [/Apache License/, /Version 2\.0, January 2004/]],
  ['MPL-2.0', [/Mozilla Public License Version 2\.0/]],
  ['ISC', [/Permission to use, copy, modify, and\/?o?r? distribute this/]],
  [
    'MIT',
    [
      /Permission is hereby granted, free of charge, to any person obtaining a copy/,
      /The above copyright notice and this permission notice shall be included/,
    ],
  ],
  [
    'BSD-3-Clause',
    [
      /Redistribution and use in source and binary forms/,
      /Neither the names? of .{0,300}may be used to endorse or promote/,
    ],
  ],
  [
    'BSD-2-Clause',
    [
      /Redistribution and use in source and binary forms/,
      /Redistributions in binary form must reproduce/,
    ],
  ],
];

/** The licence file of a source, and by its text which licence it is. */
export async function findLicence(
  directory: string,
): Promise<FoundLicence | undefined> {
  const names = (await readdir(directory)).filter(name => NAME.test(name));
  for (const name of names.sort()) {
    const path = join(directory, name);
    const status = await lstat(path);
    if (status.isFile() && status.size > 0 && status.size <= MAX_BYTES) {
      const spdx = identifyLicence(await readFile(path, 'utf8'));
      return { path, ...(spdx !== undefined && { spdx }) };
    }
  }
  return undefined;
}

/** SPDX id of a licence's whole text, where it is a known one. */
export function identifyLicence(text: string): string | undefined {
  const plain = text.replace(/\s+/g, ' ');
  return TEXTS.find(([, sentences]) =>
    sentences.every(sentence => sentence.test(plain)),
  )?.[0];
}

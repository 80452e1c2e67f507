import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { useTemporaryDirectory } from '../testing/temporaryDirectory';
import { findLicence } from './findLicence';

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a
copy of this software. The above copyright notice and this permission
notice shall be included in all copies.`;

describe('findLicence', () => {
  const temporaryDirectory = useTemporaryDirectory();

  it.each([
    ['LICENSE', MIT, 'MIT'],
    [
      'COPYING.txt',
      'Apache License\n   Version 2.0, January 2004',
      'Apache-2.0',
    ],
    [
      'Licence.md',
      'Redistribution and use in source and binary forms … Redistributions in binary form must reproduce',
      'BSD-2-Clause',
    ],
    ['LICENSE', 'Do what you want', undefined],
  ])('knows %s by its text', async (name, text, spdx) => {
    const directory = await temporaryDirectory();
    const path = join(directory, name);
    await writeFile(path, text);
    await expect(findLicence(directory)).resolves.toEqual({
      path,
      ...(spdx && { spdx }),
    });
  });

  it('takes files alone, and none that is empty', async () => {
    const directory = await temporaryDirectory();
    await mkdir(join(directory, 'LICENSE'));
    await symlink(resolve(__filename), join(directory, 'COPYING'));
    await writeFile(join(directory, 'LICENSE.txt'), '');
    await expect(findLicence(directory)).resolves.toBeUndefined();
  });
});

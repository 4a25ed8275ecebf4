import { expect, test } from 'vitest';
import { createMemoryFiles } from '../../test/support/memory-files.ts';
import { rememberFolders } from './remember-folders.ts';

async function open() {
  const files = createMemoryFiles();
  await files.makeFolder('/home/ada/.cursor');
  await files.createExclusive('/home/ada/.cursor/mcp.json', new Uint8Array(3), 0o600);
  const asked: string[] = [];
  const remembered = rememberFolders({
    ...files,
    stat: (path) => {
      asked.push(path);
      return files.stat(path);
    },
    list: (path) => {
      asked.push(`list ${path}`);
      return files.list(path);
    },
  });
  return { files, remembered, asked };
}

test('what is not there is answered from the listing of the nearest folder that is', async () => {
  const { remembered, asked } = await open();
  for (const path of ['/home/ada/.zed/a', '/home/ada/.zed/b/c', '/home/ada/.cursor/other'])
    expect(await remembered.stat(path)).toBeUndefined();
  expect(asked).toEqual(['list /', 'list /home', 'list /home/ada', 'list /home/ada/.cursor']);
});

test('what is there is asked for, in whatever letters', async () => {
  const { remembered, asked } = await open();
  expect((await remembered.stat('/home/ada/.cursor/mcp.json'))?.size).toBe(3);
  await remembered.stat('/home/ada/.CURSOR/mcp.json');
  expect(asked.filter((one) => !one.startsWith('list'))).toContain('/home/ada/.cursor/mcp.json');
});

test('a folder that cannot be listed hides nothing', async () => {
  const { files } = await open();
  const remembered = rememberFolders({
    ...files,
    list: () => Promise.reject(new Error('denied')),
  });
  expect((await remembered.stat('/home/ada/.cursor/mcp.json'))?.size).toBe(3);
  expect(await remembered.lstat('/home/ada/none')).toBeUndefined();
});

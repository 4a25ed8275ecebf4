import { expect, test } from 'vitest';
import { openMemoryApp } from '../../test/support/memory-app.ts';

test('folders of Claude Code that are there and not registered yet are offered', async () => {
  const projects = {
    '/home/ada/here': {},
    '/home/ada/known': {},
    '/home/ada/gone': {},
    'relative/path': {},
    '/home/ada/file.txt': {},
  };
  const world = await openMemoryApp({
    '.claude.json': JSON.stringify({ projects }),
    'here/readme': '',
    'known/readme': '',
    'file.txt': '',
  });
  await world.api.projects.add({ folder: '/home/ada/known' });
  expect(await world.api.projects.found({})).toEqual(['/home/ada/here']);
});

test('state that is not as expected names nothing', async () => {
  const world = await openMemoryApp({ '.claude.json': '{"projects": ["/home/ada"]}' });
  expect(await world.api.projects.found({})).toEqual([]);
});

import { expect, test } from 'vitest';
import { readWanted } from './trace.ts';

const there = new Set([
  '/home/ada/notes',
  '/home/ada/notes/a "b".txt',
  '/home/ada/.aws/credentials',
  '/srv/data',
  '/home/ada/Bücher',
  '/home/ada/package.json',
]);
const surroundings = {
  binds: [
    { to: '/home/mcp', access: 'write' },
    { to: '/srv/shown', access: 'read' },
  ],
  home: '/home/ada',
  innerHome: '/home/mcp',
  masked: ['/home/ada/.aws'],
  exists: (path: string) => there.has(path),
} as const;

test('only what is there outside and hidden inside', () => {
  const trace = [
    '12 openat(AT_FDCWD, "/home/ada/notes", O_RDONLY|O_DIRECTORY) = -1 ENOENT (No such file or directory)',
    '12 stat("/home/ada/notes/a \\"b\\".txt", 0x7ffd) = -1 ENOENT (No such file or directory)',
    '13 newfstatat(AT_FDCWD, "/home/mcp/.aws/credentials", {}, 0) = -1 ENOENT (No such file or directory)',
    '13 openat(AT_FDCWD, "/srv/data/new.db", O_RDWR|O_CREAT, 0666) = -1 ENOENT (No such file or directory)',
    '13 openat(AT_FDCWD, "/home/ada/B\\303\\274cher", O_RDONLY) = -1 ENOENT (No such file or directory)',
    '13 openat(AT_FDCWD, "/home/ada/nowhere", O_RDONLY) = -1 ENOENT (No such file or directory)',
    '13 access("/home/ada/package.json", R_OK) = -1 ENOENT (No such file or directory)',
    '13 readlink("/home/ada", "x", 1) = -1 ENOENT (No such file or directory)',
    '13 openat(AT_FDCWD, "relative", O_RDONLY) = -1 ENOENT (No such file or directory)',
    '13 openat(AT_FDCWD, "/srv/data", O_RDONLY) = 4',
    '13 mkdir("/srv/shown/new", 0777) = -1 EROFS (Read-only file system)',
    '13 openat(AT_FDCWD, "/etc/shadow", O_RDONLY) = -1 ENOENT (No such file or directory)',
    'garbage \\',
  ].join('\n');
  expect(
    readWanted(trace, {
      ...surroundings,
      exists: (path) => there.has(path) || path === '/srv/shown',
    }),
  ).toEqual([
    { path: '/home/ada/notes', access: 'read', masked: false },
    { path: '/home/ada/.aws/credentials', access: 'read', masked: true },
    { path: '/srv/data/new.db', access: 'write', masked: false },
    { path: '/home/ada/Bücher', access: 'read', masked: false },
    { path: '/srv/shown/new', access: 'write', masked: false },
  ]);
});

test('of any number of places that a hostile server would write to only so many are weighed', () => {
  const line = (index: number) =>
    `12 openat(AT_FDCWD, "/home/ada/notes/${index}", O_RDWR|O_CREAT, 0666) = -1 ENOENT (No such file)`;
  const trace = Array.from({ length: 50_000 }, (_, index) => line(index)).join('\n');
  let asked = 0;
  const exists = (path: string) => {
    asked += 1;
    return there.has(path);
  };
  expect(readWanted(trace, { ...surroundings, exists })).toHaveLength(40);
  expect(asked).toBe(2000);
});

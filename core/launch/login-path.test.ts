import { expect, test } from 'vitest';
import { parseLaunchLines, parseProcStat, renderLaunchLine } from './launch-line.ts';
import {
  joinPaths,
  loginPathCommand,
  loginPathEnvironment,
  parseCachedPath,
  parseLoginPath,
} from './login-path.ts';

test('the path is found among whatever start-up files print', () => {
  const [, [, script = '']] = loginPathCommand('/bin/zsh');
  const [begin = '', end = ''] = script.match(/__\w+__/g) ?? [];
  expect(parseLoginPath(`hi\n${begin}\n/a:/b\n${end}\nbye`)).toBe('/a:/b');
  expect(parseLoginPath(`${script}\n${begin}\nnoise\n/a\n${end}\n`)).toBe('/a');
  for (const output of [
    '',
    begin,
    `${end}\n/a\n${begin}`,
    `${begin}\n${end}`,
    `${begin}\nx\n${end}`,
  ])
    expect(parseLoginPath(output), output).toBe(undefined);
});

test('the shell sees nothing that is not its own', () => {
  const env = { HOME: '/h', SHELL: '/s', GITHUB_TOKEN: 'x', LD_PRELOAD: 'x', PATH: '/p' };
  expect(loginPathEnvironment(env)).toEqual({ HOME: '/h', SHELL: '/s', PATH: '/p', TERM: 'dumb' });
});

test('paths join without repeats, the first one first; a damaged cache is none', () => {
  expect(joinPaths(':', '/a::/b', undefined, '/b:/c')).toBe('/a:/b:/c');
  expect(parseCachedPath('{"path":"/a","shell":"/s","at":1}')).toEqual({ path: '/a', shell: '/s' });
  for (const text of [undefined, '', '[]', '{"path":1}', 'null'])
    expect(parseCachedPath(text)).toEqual({});
});

test('launch lines: torn and foreign ones are left out, names cannot break one', () => {
  const line = { server: 's', client: 'Cu\nrsor\u0007', pid: 7, startTime: 9, at: 'now' };
  const text = renderLaunchLine(line);
  expect(text.split('\n')).toHaveLength(2);
  const torn = `{"server":"s"\n[]\nnull\n{"server":1,"pid":2}\n${text}${text.slice(0, 20)}`;
  expect(parseLaunchLines(torn)).toEqual([{ ...line, client: 'Cursor' }]);
});

test('a program may be called anything', () => {
  const rest = Array.from({ length: 40 }, (_, index) => index + 5).join(' ');
  expect(parseProcStat(`12 (a) b (c) S 3 4 ${rest}`)).toEqual({ parent: 3, startTime: 21 });
  expect(parseProcStat('')).toBe(undefined);
});

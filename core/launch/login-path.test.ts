import { expect, test } from 'vitest';
import { parseLaunchLines, parseProcStat, renderLaunchLine } from './launch-line.ts';
import {
  joinPaths,
  loginPathCommand,
  loginPathEnvironment,
  parseCachedPath,
  parseLogin,
} from './login-path.ts';

test('the path is found among whatever start-up files print', () => {
  const [, [, script = '']] = loginPathCommand('/bin/zsh');
  const marks = script.match(/__\w+__/g) ?? [];
  const [begin = '', end = ''] = [marks.at(0), marks.at(-1)];
  const network = {};
  expect(parseLogin(`hi\n${begin}\n/a:/b\n${end}\nbye`)).toEqual({ path: '/a:/b', network });
  expect(parseLogin(`${script}\n${begin}\nnoise\n/a\n${end}\n`)).toEqual({ path: '/a', network });
  const proxy = marks.find((mark) => mark.includes('HTTPS_PROXY'));
  const told = `${begin}\n/a\n${proxy}\nada:pw@proxy.example:8080\n${end}\n`;
  expect(parseLogin(told)?.network).toEqual({ HTTPS_PROXY: 'http://proxy.example:8080/' });
  for (const output of [
    '',
    begin,
    `${end}\n/a\n${begin}`,
    `${begin}\n${end}`,
    `${begin}\nx\n${end}`,
  ])
    expect(parseLogin(output), output).toBe(undefined);
});

test('the shell sees nothing that is not its own', () => {
  const env = { HOME: '/h', SHELL: '/s', GITHUB_TOKEN: 'x', LD_PRELOAD: 'x', PATH: '/p' };
  expect(loginPathEnvironment(env)).toEqual({ HOME: '/h', SHELL: '/s', PATH: '/p', TERM: 'dumb' });
});

test('paths join without repeats, the first one first; a damaged cache is none', () => {
  expect(joinPaths(':', '/a::/b', undefined, '/b:/c')).toBe('/a:/b:/c');
  expect(joinPaths(':', '.:./bin:bin:~/bin:../x:/a', '..')).toBe('/a');
  expect(joinPaths(';', 'bin;.;C:bin;\\bin;C:\\bin;d:/x;\\\\host\\share')).toBe(
    'C:\\bin;d:/x;\\\\host\\share',
  );
  expect(parseCachedPath('{"path":"/a","shell":"/s","at":1}')).toEqual({ path: '/a', shell: '/s' });
  expect(parseCachedPath('{"network":{"NO_PROXY":"*","LD_PRELOAD":"x","HTTP_PROXY":1}}')).toEqual({
    network: { NO_PROXY: '*' },
  });
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

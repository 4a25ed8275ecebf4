import { expect, test } from 'vitest';
import { createMemoryFiles } from '../../test/support/memory-files.ts';
import { parseLaunchLines, parseProcStat, renderLaunchLine } from './launch-line.ts';
import {
  captureLoginPath,
  joinPaths,
  loginPathCommand,
  loginPathEnvironment,
  parseCachedPath,
  parseLogin,
  usualPath,
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

test('what is noted is what the shell of the account says, whatever one run of ours was started with', async () => {
  const seen: unknown[] = [];
  const files = createMemoryFiles();
  await captureLoginPath({
    machine: {
      platform: 'linux',
      home: '/home/ada',
      shell: '/bin/account-shell',
      env: {
        SHELL: '/their/shell',
        PATH: '/their/.venv/bin:/usr/bin',
        ZDOTDIR: '/their/zsh',
        HTTPS_PROXY: 'http://evil.example:8080',
        NODE_EXTRA_CA_CERTS: '/their/ca.pem',
      },
    },
    processes: {
      async run(command, [, script = ''], { env, cwd }) {
        seen.push({ command, env, cwd });
        const [begin, ...marks] = script.match(/__\w+__/g) ?? [];
        const proxy = marks.find((mark) => mark.includes('HTTP_PROXY'));
        const told = [begin, '.venv/bin:/usr/bin', proxy, 'http://own.example:1', marks.at(-1)];
        return { exitCode: 0, signal: null, stdout: told.join('\n'), stderr: '' };
      },
    },
    files,
    clock: { now: () => 'now' },
    roots: { config: '/c', data: '/d', cache: '/e' },
  });
  const env = { HOME: '/home/ada', SHELL: '/bin/account-shell', PATH: usualPath, TERM: 'dumb' };
  expect(seen).toEqual([{ command: '/bin/account-shell', env, cwd: '/home/ada' }]);
  expect(JSON.parse(new TextDecoder().decode(await files.read('/d/path.json')))).toEqual({
    path: '/usr/bin',
    shell: '/bin/account-shell',
    at: 'now',
    network: { HTTP_PROXY: 'http://own.example:1/' },
  });
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

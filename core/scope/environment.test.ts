import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/support/runs.ts';
import { buildEnvironment } from './environment.ts';

/** Each stands beside a harmless name that it imitates. */
const hostile = {
  LD_PRELOAD: '/x.so',
  LD_LIBRARY_PATH: '/x',
  DYLD_INSERT_LIBRARIES: '/x',
  NODE_OPTIONS: '--require=/x',
  NODE_EXTRA_CA_CERTS: '/x',
  ELECTRON_RUN_AS_NODE: '1',
  SSH_AUTH_SOCK: '/x',
  DBUS_SESSION_BUS_ADDRESS: 'unix:path=/x',
  XDG_RUNTIME_DIR: '/x',
  AWS_ACCESS_KEY_ID: 'x',
  AWS_PROFILE: 'x',
  GITHUB_TOKEN: 'x',
  npm_config_registry: 'x',
  BASH_ENV: '/x',
  PYTHONPATH: '/x',
  home: '/x',
  lang: 'x',
  LC: 'x',
  lc_all: 'x',
  LANGUAGE_SERVER_TOKEN: 'x',
  HOMEBREW_TOKEN: 'x',
  HTTP_PROXY_PASSWORD: 'x',
  PATHS: 'x',
  TZDATA: 'x',
};
const welcome = {
  HOME: '/home/me',
  LANG: 'de_DE.UTF-8',
  LC_ALL: 'C',
  LC_TIME: 'C',
  TZ: 'Europe/Berlin',
  TMPDIR: '/tmp/me',
  https_proxy: 'http://proxy:1',
  HTTPS_PROXY: 'http://proxy:1',
  NO_PROXY: 'localhost',
};

test('nothing hostile is inherited; what is listed is', () => {
  const env = { ...hostile, ...welcome, PATH: '/from/client', UNSET: undefined };
  const built = buildEnvironment({ platform: 'linux', env, serverEnv: {}, path: '/bin' });
  expect({ ...built }).toEqual({ ...welcome, PATH: '/bin' });
});

test('a server has what its record gives it, whatever the name', () => {
  const serverEnv = { NODE_OPTIONS: '--x', LD_PRELOAD: '/mine', PATH: '/own', ['__proto__']: 'p' };
  const env = { ...hostile, ...welcome };
  const built = buildEnvironment({
    platform: 'macos',
    env,
    serverEnv,
    path: '/bin',
    home: '/real',
  });
  expect(Object.entries(built).sort()).toEqual(
    Object.entries({ ...welcome, ...serverEnv, HOME: '/real' }).sort(),
  );
});

test('names on Windows are the same in any case', () => {
  const built = buildEnvironment({
    platform: 'windows',
    env: { systemroot: 'C:\\Windows', Temp: 'C:\\T', HOME: 'x', Path: 'x', AWS_PROFILE: 'x' },
    serverEnv: { path: 'C:\\own', TEMP: 'D:\\T' },
    path: 'C:\\bin',
    home: 'C:\\Users\\me',
  });
  expect({ ...built }).toEqual({
    SystemRoot: 'C:\\Windows',
    USERPROFILE: 'C:\\Users\\me',
    path: 'C:\\own',
    TEMP: 'D:\\T',
  });
});

test.each([
  ['', 'x'],
  ['A=B', 'x'],
  ['A\0', 'x'],
  ['A', 'x\0y'],
])('the variable %j cannot exist', (name, value) => {
  const source = { platform: 'linux', env: {}, serverEnv: { [name]: value } } as const;
  expect(() => buildEnvironment(source)).toThrow(expect.objectContaining({ code: 'bad_input' }));
});

test('whatever surrounds it, a server sees its own, the path, and names of the list', () => {
  const listed =
    /^(?:HOME|LANG|TZ|TMPDIR|LC_.*|(?:HTTP|HTTPS|NO|ALL)_PROXY|(?:http|https|no|all)_proxy)$/;
  const name = fc.oneof(
    fc.constantFrom(...Object.keys(hostile), ...Object.keys(welcome)),
    fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/),
  );
  const map = fc.dictionary(
    name,
    fc.string().map((text) => text.replaceAll('\0', '')),
  );
  fc.assert(
    fc.property(map, map, (env, serverEnv) => {
      const built = buildEnvironment({ platform: 'linux', env, serverEnv, path: '/bin' });
      for (const [key, value] of Object.entries(built)) {
        if (Object.hasOwn(serverEnv, key)) expect(value).toBe(serverEnv[key]);
        else if (key === 'PATH') expect(value).toBe('/bin');
        else expect([listed.test(key), value]).toEqual([true, env[key]]);
      }
      expect(Object.keys(serverEnv).filter((key) => !Object.hasOwn(built, key))).toEqual([]);
    }),
    { numRuns: runs(300, 20_000) },
  );
});

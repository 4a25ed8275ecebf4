import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { hideVariables } from '../../platform/sandbox/hidden-variables.ts';

const printed = ['/usr/bin/env', '-0'];

/** What a program gets, started by each shell that `/bin/sh` may be. */
function arrive(variables: Readonly<Record<string, string>>, shell: string) {
  const { env, restore } = hideVariables(variables);
  const [, ...args] = restore;
  const { stdout } = spawnSync(shell, [...args, ...printed], { env, encoding: 'utf8' });
  const lines = stdout.split('\0').filter((line) => line !== '');
  const got = Object.fromEntries(lines.map((line) => line.split(/=([\s\S]*)/, 2)));
  // Shells add these by themselves.
  const { PWD: _, SHLVL: __, ...rest } = got;
  return rest;
}

const strange = {
  'A-B': 'one two',
  'a.b': '',
  'npm_config_@acme:registry': 'https://npm.acme.test/?a=b#c',
  OPTIND: 'x',
  UID: '7',
  "it's \\ $HOME ${x} #": 'quo"te \' \\ $HOME ${PLAIN}\nline',
  'BASH_FUNC_exec%%': '() { echo hijacked; }',
  _portcullis_1: 'mine',
  PLAIN: 'plain $(id)\n',
};

test.each(['/bin/dash', '/bin/bash'])(
  'every variable arrives with %s, whatever its name',
  (shell) => {
    expect(arrive(strange, shell)).toMatchObject(strange);
    expect(arrive({ PLAIN: 'x' }, shell)).toMatchObject({ PLAIN: 'x' });
  },
);

test('no value stands among arguments, and no name of its own in what runs outside', () => {
  const { env, restore } = hideVariables({ 'A-B': 'value-one', PLAIN: 'value-two' });
  expect(restore.join(' ')).not.toMatch(/value-/);
  expect(Object.keys(env).every((name) => name.startsWith('_portcullis_'))).toBe(true);
});

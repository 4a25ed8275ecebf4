// The folders that Linux uses.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const script = `
  import { chooseRoots } from ${JSON.stringify(new URL('./roots.ts', import.meta.url).href)};
  import { readMachine } from ${JSON.stringify(new URL('./machine.ts', import.meta.url).href)};
  let roots;
  try { roots = chooseRoots(); } catch (error) { roots = error.code; }
  console.log(JSON.stringify({ roots, home: readMachine().home }));`;

/** What a process with this environment would use. */
function seen(env: Readonly<Record<string, string>>): unknown {
  const args = ['--input-type=module', '-e', script];
  return JSON.parse(spawnSync(process.execPath, args, { env, encoding: 'utf8' }).stdout);
}

test('HOME and XDG_* make a whole world', () => {
  expect(seen({ HOME: '/h' })).toEqual({
    home: '/h',
    roots: {
      config: '/h/.config/portcullis',
      data: '/h/.local/share/portcullis',
      cache: '/h/.cache/portcullis',
    },
  });
  const env = { HOME: '/h', XDG_CONFIG_HOME: '/c', XDG_DATA_HOME: '/d', XDG_CACHE_HOME: '/k' };
  expect(seen(env)).toEqual({
    home: '/h',
    roots: { config: '/c/portcullis', data: '/d/portcullis', cache: '/k/portcullis' },
  });
  expect(seen({ HOME: '/h', XDG_DATA_HOME: 'relative' })).toEqual({
    home: '/h',
    roots: 'bad_input',
  });
});

import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Machine } from '../core/ports.ts';
import { Secret } from '../shared/secret.ts';
import { createClipboard } from './clipboard.ts';

describe('the programs of the system', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipboard-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const script = async (name: string, text: string) => {
    await writeFile(join(folder, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(folder, name), 0o755);
  };
  const machine = (env: Record<string, string>): Machine => ({
    platform: 'linux',
    home: folder,
    env: { PATH: `${folder}:/usr/bin:/bin`, ...env },
  });

  test('none without a screen, and none without a program', async () => {
    await script('wl-copy', 'exit 0');
    expect(createClipboard(machine({}))).toBe(undefined);
    expect(createClipboard(machine({ DISPLAY: ':0' }))).toBe(undefined);
    expect(createClipboard(machine({ WAYLAND_DISPLAY: 'w' }))).toBeDefined();
  });

  test('get the value on standard input and never as an argument', async () => {
    await script('wl-copy', `printf '%s\\n' "$@" > ${folder}/arguments; cat > ${folder}/input`);
    const value = `value-${process.pid}-"é\n`;
    const clipboard = createClipboard(machine({ WAYLAND_DISPLAY: 'w' }));
    await clipboard?.copy(new Secret(value));
    expect(await readFile(join(folder, 'input'), 'utf8')).toBe(value);
    expect(await readFile(join(folder, 'arguments'), 'utf8')).not.toContain(value.slice(0, 9));
  });

  test('one that fails says so without the value', async () => {
    await script('wl-copy', 'cat >/dev/null; exit 1');
    const clipboard = createClipboard(machine({ WAYLAND_DISPLAY: 'w' }));
    const thrown: unknown = await clipboard?.copy(new Secret('value-x')).catch((error) => error);
    expect(thrown).toMatchObject({ code: 'unsupported' });
    expect(`${thrown} ${JSON.stringify(thrown)}`).not.toContain('value-x');
  });
});

import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findCommand } from '../core/launch/resolve-command.ts';
import { programFiles } from './program-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portcullis-programs-'));
});
afterEach(() => {
  chmodSync(join(folder, 'closed'), 0o700);
  rmSync(folder, { recursive: true });
});

test('folders of the path that cannot be looked into are passed over', () => {
  const at = (name: string) => join(folder, name);
  const [closed, loop, open] = [at('closed'), at('loop'), at('open')];
  mkdirSync(closed);
  writeFileSync(join(closed, 'tool'), '', { mode: 0o755 });
  chmodSync(closed, 0);
  symlinkSync('loop', loop);
  mkdirSync(open);
  writeFileSync(join(open, 'tool'), '', { mode: 0o755 });
  const path = [closed, loop, join(closed, 'deeper'), open].join(':');
  const search = { platform: 'linux', path, cwd: '/', files: programFiles } as const;
  expect(findCommand('tool', search)).toBe(join(open, 'tool'));
  expect(findCommand(join(closed, 'tool'), search)).toBeUndefined();
});

import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const script = `import(${JSON.stringify(join(import.meta.dirname, 'left-open.ts'))})
  .then(({ closeLeftOpen }) => closeLeftOpen())
  .then(() => process.exit(0), ({ code }) => process.exit(code === 'bad_input' ? 3 : 4));`;

/** The exit code where this place is open as that standard stream. */
function startWith(stream: 0 | 1 | 2, path: string): number | null {
  const opened = openSync(path, 'r');
  const stdio = [0, 1, 2].map((one) => (one === stream ? opened : ('pipe' as const)));
  try {
    return spawnSync(process.execPath, ['-e', script], { stdio }).status;
  } finally {
    closeSync(opened);
  }
}

test.skipIf(process.platform === 'win32').each([0, 1, 2] as const)(
  'a folder as standard stream %i leads around every sandbox and is refused',
  (stream) => {
    expect(startWith(stream, tmpdir())).toBe(3);
    expect(startWith(stream, '/dev/null')).toBe(0);
    expect(startWith(stream, import.meta.filename)).toBe(0);
  },
);

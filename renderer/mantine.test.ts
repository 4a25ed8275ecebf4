import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const styles = join(import.meta.dirname, '../node_modules/@mantine/core/styles');

test('every Mantine component that a screen imports brings its styles', () => {
  const listed = readFileSync(join(import.meta.dirname, 'mantine.css'), 'utf8');
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.tsx'));
  const imported = sources.flatMap((file) => {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8');
    const names = /import \{([^}]*)\} from '@mantine\/core'/.exec(text)?.[1] ?? '';
    return names.split(',').map((name) => name.trim().split(/\s/)[0] ?? '');
  });
  const missing = [...new Set(imported)]
    .map((name) => `${name}.layer.css`)
    .filter((file) => file !== '.layer.css' && existsSync(join(styles, file)))
    .filter((file) => !listed.includes(`/${file}"`));
  expect(imported.length).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});

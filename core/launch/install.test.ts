import { expect, test } from 'vitest';
import { openMemoryApp, roots } from '../../test/support/memory-app.ts';
import { shellOption } from './starter.ts';

test('folders that others may write to are closed before the launcher is put there', async () => {
  const { api, files } = await openMemoryApp({});
  for (const folder of [roots.data, roots.config]) {
    await files.makeFolder(folder);
    await files.setMode(folder, 0o777);
  }
  await api.doctor.installLauncher({});
  for (const folder of [roots.data, roots.config])
    expect(((await files.stat(folder))?.mode ?? 0) & 0o077).toBe(0);
});

test('only a shell that refuses the option which shuts out its environment does without it', async () => {
  const answering = (exitCode: number | null) =>
    shellOption({ run: async () => ({ exitCode, signal: null, stdout: '', stderr: '' }) });
  expect([await answering(3), await answering(2), await answering(null)]).toEqual([
    ' -p',
    '',
    ' -p',
  ]);
  const failing = shellOption({ run: () => Promise.reject(new Error('not started')) });
  expect(await failing).toBe(' -p');
});

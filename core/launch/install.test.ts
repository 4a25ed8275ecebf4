import { expect, test } from 'vitest';
import { openMemoryApp, roots } from '../../test/support/memory-app.ts';

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

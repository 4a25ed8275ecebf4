import { expect, test } from 'vitest';
import { openMemoryApp } from '../../test/support/memory-app.ts';

test('a limit that was passed is named in plain words', async () => {
  const { api } = await openMemoryApp({});
  const limits = { days: 30, copies: 1, bytes: 500_000_000 };
  await expect(api.drift.setRetention(limits)).rejects.toMatchObject({
    code: 'bad_input',
    message: 'copies: at least 20',
  });
  await expect(api.servers.rename({ id: 'a', name: 'x'.repeat(100_000) })).rejects.toMatchObject({
    code: 'bad_input',
    message: expect.stringMatching(/^name: at most \d+ characters$/),
  });
});

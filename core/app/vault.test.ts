import { expect, test } from 'vitest';
import { openMemoryApp, protectAll } from '../../test/support/memory-app.ts';
import { plantSecret } from '../../test/support/planted.ts';

test('a vault is not made while a working keychain holds secrets', async () => {
  const env = { A_TOKEN: plantSecret() };
  const text = JSON.stringify({ mcpServers: { one: { command: '/bin/false', env } } });
  const world = await openMemoryApp({ '.cursor/mcp.json': text });
  await protectAll(world);
  await expect(world.api.vault.create({ passphrase: 'long enough for one' })).rejects.toMatchObject(
    {
      code: 'conflict',
      data: { hint: expect.stringContaining('portcullis leave --all') },
    },
  );
});

import { expect, test } from 'vitest';
import { secretTemplate } from '../../shared/template.ts';
import { openMemoryApp } from '../../test/support/memory-app.ts';

test('only what is stored counts as protected, and each server that lacks a secret is named', async () => {
  const { api } = await openMemoryApp({});
  const env = { ONE: secretTemplate('ONE'), TWO: secretTemplate('TWO') };
  const launch = { transport: 'stdio', command: 'npx', args: ['x'], env } as const;
  // Two of one name are two.
  for (const id of ['a', 'b'])
    await api.servers.add({ id, name: 'my server', launch, secrets: { ONE: `value of ${id} 1` } });
  const { protected: kept, broken } = await api.overview.get({});
  expect(kept).toBe(2);
  expect(broken).toMatchObject([
    { subject: 'my server', server: 'a', message: 'Not stored: TWO.' },
    { subject: 'my server', server: 'b', message: 'Not stored: TWO.' },
  ]);
});

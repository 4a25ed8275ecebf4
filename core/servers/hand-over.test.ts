import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { clientTemplate, secretTemplate } from '../../shared/template.ts';
import { openMemoryApp, roots } from '../../test/support/memory-app.ts';

const launch = { transport: 'stdio', command: 'npx', args: ['-y', 'server'] } as const;

async function open(env: Readonly<Record<string, string>> = {}) {
  const world = await openMemoryApp({});
  await world.api.servers.add({ name: 'one', launch: { ...launch, env } });
  const envOf = async () => {
    const { record } = await world.api.servers.get({ id: 'one' });
    return record.launch.transport === 'stdio' ? record.launch.env : {};
  };
  return { ...world, envOf };
}

test('what cannot be a variable of the server is refused, and no value is stored', async () => {
  const { api } = await open({ TAKEN: clientTemplate('TAKEN') });
  await api.servers.add({
    name: 'far',
    launch: { transport: 'streamable-http', url: 'https://a.example/mcp', headers: {} },
  });
  const value = randomUUID();
  for (const [server, name] of [
    ['one', 'TAKEN'],
    ['one', 'A.B'],
    ['far', 'KEY'],
  ] as const) {
    await expect(
      api.secrets.set({ server, name, value, asVariable: true }),
      `${server} ${name}`,
    ).rejects.toMatchObject({ code: 'bad_input' });
    expect(await api.secrets.list({ server })).toEqual([]);
  }
});

test('a secret is handed over by reference, once, and taken back', async () => {
  const { api, read, envOf } = await open({ OTHER: 'x' });
  const value = randomUUID();
  const set = () => api.secrets.set({ server: 'one', name: 'API_KEY', value, asVariable: true });
  await set();
  await set();
  expect(await envOf()).toEqual({ OTHER: 'x', API_KEY: secretTemplate('API_KEY') });
  expect((await api.scope.get({ id: 'one' })).secrets).toEqual(['API_KEY']);
  expect((await api.servers.get({ id: 'one' })).health.state).toBe('ready');
  expect(await read(`${roots.config}/records.json`)).not.toContain(value);

  await api.secrets.remove({ server: 'one', name: 'API_KEY', asVariable: true });
  expect(await envOf()).toEqual({ OTHER: 'x' });
  expect(await api.secrets.list({ server: 'one' })).toEqual([]);
});

test('without being asked neither setting nor removing changes the variables', async () => {
  const { api, envOf } = await open({ API_KEY: secretTemplate('API_KEY') });
  await api.secrets.set({ server: 'one', name: 'B_KEY', value: randomUUID() });
  await api.secrets.remove({ server: 'one', name: 'API_KEY' });
  expect(await envOf()).toEqual({ API_KEY: secretTemplate('API_KEY') });
  // What refers to the secret in other words stays as well.
  const mixed = await open({ API_KEY: `Bearer ${secretTemplate('API_KEY')}` });
  await mixed.api.secrets.remove({ server: 'one', name: 'API_KEY', asVariable: true });
  expect(await mixed.envOf()).toEqual({ API_KEY: `Bearer ${secretTemplate('API_KEY')}` });
});

/** A launch with relative paths: kept together with the project that it was written for, or refused. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { home, openMemoryApp, protectAll } from '../../test/support/memory-app.ts';

const token = () => `ghp_${randomBytes(40).toString('hex').slice(0, 36)}`;
const secret = () => ({ GITHUB_TOKEN: token() });
const text = (servers: unknown) => JSON.stringify({ mcpServers: servers });

async function protectProject(files: Record<string, string>) {
  const world = await openMemoryApp({ 'proj/package.json': '{}', ...files });
  await world.api.projects.add({ folder: `${home}/proj` });
  await protectAll(world, { consents: ['shared-project-file'] });
  const views = await world.api.servers.list({});
  return { world, launches: views.map(({ record }) => record.launch) };
}

test('a project’s server keeps the folder of its project', async () => {
  const { launches } = await protectProject({
    'proj/.cursor/mcp.json': text({
      data: { command: 'npx', args: ['-y', 'files', '../data'], env: secret() },
      own: { command: './bin/server', args: [], env: secret() },
      plain: { command: 'npx', args: ['-y', '@scope/server'], env: secret() },
      rel: { command: 'node', args: ['./server.mjs'], env: secret() },
      theirs: { command: 'node', args: ['${workspaceFolder}/server.mjs'], env: secret() },
    }),
  });
  const [here, none] = [`${home}/proj`, undefined];
  const folders = launches.map((one) => ('cwd' in one ? one.cwd : undefined));
  expect(folders).toEqual([here, here, none, here, none]);
});

test('so does one that is filed under its project in a file of the user', async () => {
  const servers = { rel: { command: 'node', args: ['server.mjs'], env: secret() } };
  const { launches } = await protectProject({
    '.claude.json': JSON.stringify({ projects: { [`${home}/other`]: { mcpServers: servers } } }),
  });
  expect(launches).toMatchObject([{ cwd: `${home}/other` }]);
});

test('a relative program in a file for all projects is refused; the others are not', async () => {
  const original = text({
    rel: { command: 'node', args: ['./server.mjs'], env: secret() },
    plain: { command: 'npx', args: ['-y', '@scope/server', './data'], env: secret() },
    full: { command: 'node', args: ['/srv/server.mjs'], env: secret() },
  });
  const { world, launches } = await protectProject({ '.cursor/mcp.json': original });
  expect(launches).toMatchObject([
    { command: 'node' },
    { args: ['-y', '@scope/server', './data'] },
  ]);
  for (const launch of launches) expect(launch).not.toHaveProperty('cwd');
  const { items } = await world.api.protect.plan({});
  expect(items).toMatchObject([
    { possible: false, note: expect.stringContaining('names its program relative to') },
  ]);
});

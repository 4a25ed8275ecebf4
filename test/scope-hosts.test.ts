/** The index of hosts is in step with the catalogue's snapshot. `PORTCULLIS_UPDATE=1` writes it anew. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findCatalogueHosts, indexHosts } from '../core/scope/catalogue-hosts.ts';
import { hostSchema } from '../shared/models/scope.ts';

const assets = join(import.meta.dirname, '..', 'assets');
const file = join(assets, 'scope-hosts.json');
const index = indexHosts(JSON.parse(readFileSync(join(assets, 'catalog-snapshot.json'), 'utf8')));

test('the index is what the snapshot says, and small', () => {
  const text = `${JSON.stringify(index, null, 1)}\n`;
  if (process.env.PORTCULLIS_UPDATE === '1') writeFileSync(file, text);
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(statSync(file).size).toBeLessThan(20_000);
  const hosts = Object.values(index).flat();
  expect(hosts.length).toBeGreaterThan(15);
  for (const host of hosts) expect(hostSchema.parse(host)).toBe(host);
});

const entry = (packages: readonly object[], urls: readonly string[]) => ({
  servers: [{ server: { packages, remotes: urls.map((url) => ({ url })) } }],
});
const npm = { registryType: 'npm', identifier: '@acme/mcp' };

test('what is no host of anybody is left out: examples, patterns, this computer, addresses', () => {
  const urls = [
    'https://mcp.acme.dev/sse?key={KEY}',
    'https://{tenant}.acme.dev/mcp',
    'https://your-server.example.com/',
    'https://example.com/',
    'http://localhost:3000/',
    'http://127.0.0.1/',
    'http://[::1]/',
    'ftp://files.acme.dev/',
    'https://user:pass@evil.acme.dev@mcp.acme.dev/',
    'not a url',
  ];
  expect(indexHosts(entry([npm], urls))).toEqual({ 'npm:@acme/mcp': ['mcp.acme.dev'] });
  expect(indexHosts(entry([npm], urls.slice(1, 8)))).toEqual({});
});

test('a package is found by its command line, whatever version is asked for, and no other is', () => {
  const packages = [
    npm,
    { registryType: 'pypi', identifier: 'Acme_Server' },
    { registryType: 'oci', identifier: 'ghcr.io/acme/mcp:1.2' },
  ];
  const acme = indexHosts(entry(packages, ['https://api.acme.dev/']));
  const find = (command: string, ...args: readonly string[]) =>
    findCatalogueHosts({ transport: 'stdio', command, args, env: {} }, acme);
  for (const found of [
    find('npx', '-y', '@acme/mcp'),
    find('npx', '-y', '@acme/mcp@1.2.3'),
    find('uvx', 'acme-server==1.0'),
    find('uvx', 'acme.server[extra]@latest'),
    find('docker', 'run', '-i', 'ghcr.io/acme/mcp:2'),
    find('docker', 'run', 'ghcr.io/acme/mcp@sha256:00'),
  ])
    expect(found).toEqual(['api.acme.dev']);
  for (const none of [
    find('npx', '-y', '@acme/mcp-other'),
    find('npx', 'acme-server'),
    find('/usr/bin/tool', '@acme/mcp'),
    find('npx', '__proto__', 'constructor'),
  ])
    expect(none).toEqual([]);
});

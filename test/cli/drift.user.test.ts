/** Drift from a shell, with a real keyring: what scripts rely on. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contract } from '../../shared/contract.ts';
import { driftReportSchema } from '../../shared/models/drift.ts';
import { cliProgram, runCli } from '../support/cli.ts';
import { checkOutput } from '../support/cli-home.ts';
import { type Keyring, startKeyring } from '../support/keyring.ts';

let keyring: Keyring;
let home = '';
let env: Readonly<Record<string, string>> = {};
let cursor = '';

beforeEach(async () => {
  keyring = await startKeyring();
  ({ home } = keyring);
  ({ env } = keyring);
  cursor = join(home, '.cursor/mcp.json');
  mkdirSync(dirname(cursor), { recursive: true });
  writeFileSync(
    cursor,
    '{\n  "mcpServers": {\n    "time": { "command": "uvx", "args": ["mcp-time"] }\n  }\n}\n',
  );
});
afterEach(() => keyring.stop());

async function look() {
  const result = await runCli(['drift', '--json'], { env });
  checkOutput(contract.drift.look, result.json());
  return { exitCode: result.exitCode, report: driftReportSchema.parse(result.json()) };
}

test('from foreign to ours, wiped, repaired, switched off, and told', async () => {
  const first = await look();
  expect(first).toMatchObject({ exitCode: 0, report: { counts: { foreign: 1, drifted: 0 } } });
  const [cell] = first.report.cells;
  const refused = await runCli(['drift', 'adopt', cell?.id ?? ''], { env });
  expect(refused.exitCode).toBe(5);
  const adopted = await runCli(['drift', 'adopt', cell?.id ?? '', '--yes', '--json'], { env });
  expect(adopted.json()).toMatchObject({ receipts: [{ outcome: 'done' }] });
  expect(adopted.exitCode).toBe(0);
  expect((await look()).report.counts).toMatchObject({ inStep: 1, foreign: 0 });
  const good = readFileSync(cursor, 'utf8');

  writeFileSync(cursor, '{}\n');
  expect(await look()).toMatchObject({ exitCode: 1, report: { counts: { drifted: 1 } } });
  const human = await runCli(['drift'], { env });
  expect(human.stdout).toContain('1 entry is not as it should be');
  const repaired = await runCli(['drift', '--apply', 'repair', '--yes'], { env });
  expect(repaired.exitCode).toBe(0);
  expect(JSON.parse(readFileSync(cursor, 'utf8'))).toEqual(JSON.parse(good));

  const off = await runCli(['servers', 'disable', 'time', '--client', 'cursor', '--yes'], { env });
  expect(off.exitCode).toBe(0);
  expect(JSON.parse(readFileSync(cursor, 'utf8'))).toEqual({ mcpServers: {} });
  const undone = await runCli(['undo', cursor, '--yes'], { env });
  expect({ code: undone.exitCode, errors: undone.stderr }).toEqual({ code: 0, errors: '' });
  expect((await look()).report.counts).toMatchObject({ inStep: 1, drifted: 0 });

  const changes = await runCli(['history', cursor, '--changes', '--json'], { env });
  checkOutput(contract.files.timeline, changes.json());
});

test('a client whose servers are in no file is shown, and told what to paste where', async () => {
  mkdirSync(join(home, '.config/CherryStudio'), { recursive: true });
  mkdirSync(join(home, '.factory'), { recursive: true });
  await runCli(['servers', 'add', 'docs', '--id', 'docs', '--', 'x'], { env });
  const clients = await runCli(['clients'], { env });
  expect(clients.stdout).toMatch(
    /cherry-studio +Cherry Studio .*`portcullis clients snippet cherry-studio SERVER`/,
  );
  const snippet = await runCli(['clients', 'snippet', 'cherry-studio', 'docs'], { env });
  expect(snippet.stderr).toContain('Settings | MCP Servers | Import from JSON');
  expect(JSON.parse(snippet.stdout)).toMatchObject({
    mcpServers: { docs: { args: ['run', 'docs'] } },
  });
  checkOutput(
    contract.clients.snippet,
    (await runCli(['--json', 'clients', 'snippet', 'cherry-studio', 'docs'], { env })).json(),
  );
  // Whoever asks for it all the same is told that it was not done, and why.
  const enable = (client: string) =>
    runCli(['--json', 'servers', 'enable', 'docs', '--client', client, '--yes'], { env });
  const impossible = await enable('cherry-studio');
  expect(impossible.exitCode).toBe(60);
  expect(impossible.json()).toMatchObject({
    receipts: [{ outcome: 'skipped', code: 'unsupported' }],
  });
  const unsure = await enable('factory-droid');
  expect(unsure.exitCode).toBe(5);
  expect(unsure.json()).toMatchObject({
    receipts: [{ outcome: 'skipped', code: 'consent_needed' }],
  });
});

test('what repair cannot mend is not passed over in silence', async () => {
  const { report } = await look();
  await runCli(['drift', 'adopt', report.cells[0]?.id ?? '', '--yes'], { env });
  writeFileSync(cursor, '{ "mcpServers": ');
  const repair = await runCli(['drift', '--apply', 'repair', '--yes'], { env });
  expect(repair.stdout).toContain('1 entry stays different: `portcullis drift` says why.');
  expect(readFileSync(cursor, 'utf8')).toBe('{ "mcpServers": ');
});

test('export, import elsewhere', async () => {
  const { report } = await look();
  await runCli(['drift', 'adopt', report.cells[0]?.id ?? '', '--yes'], { env });
  const file = join(home, 'servers.json');
  for (const word of ['servers.json', 'backup']) {
    const refused = await runCli(['export', word], { env });
    expect(refused.exitCode).toBeGreaterThan(1);
    expect(refused.stderr).toContain(`portcullis export --output ${word}`);
  }
  const exported = await runCli(['export', '--output', file], { env });
  expect(exported.exitCode).toBe(0);
  expect((await runCli(['export', '--output', file], { env })).exitCode).toBe(4);
  const other = join(home, 'other');
  mkdirSync(join(other, '.cursor'), { recursive: true });
  const there = { ...env, HOME: other };
  const plan = await runCli(['import', file, '--plan', '--json'], { env: there });
  expect(plan.json()).toMatchObject({ servers: [{ id: 'time', way: 'new', clients: ['cursor'] }] });
  const imported = await runCli(['import', file, '--yes', '--json'], { env: there });
  expect(imported.json()).toMatchObject({ receipts: [{ outcome: 'done' }, { outcome: 'done' }] });
  expect(readFileSync(join(other, '.cursor/mcp.json'), 'utf8')).toContain('portcullis');
});

test('--watch prints one line of JSON per event', async () => {
  const child = spawn(process.execPath, [cliProgram, 'drift', '--watch'], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const gone = new Promise((resolve) => child.once('close', resolve));
  let out = '';
  await new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      // Watching begins before the first line.
      if (out.includes('drift-changed') && !out.includes('files-changed'))
        writeFileSync(cursor, '{}\n');
      if (out.includes('files-changed')) resolve();
    });
  });
  child.kill('SIGTERM');
  await gone;
  const lines = out.trim().split('\n');
  const types = lines.map((line) => JSON.parse(line).type);
  expect(types.slice(0, 3)).toEqual(['hello', 'drift-changed', 'files-changed']);
});

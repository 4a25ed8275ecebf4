/** Bad input meets one clear error and changes nothing; no keychain is needed for that. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contract } from '../../shared/contract.ts';
import { type CliResult, runCli } from '../support/cli.ts';
import { type CliHome, checkOutput, writeCliHome } from '../support/cli-home.ts';

let home: string;
let files: CliHome;
let env: Readonly<Record<string, string>>;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'pk-cli-'));
  files = writeCliHome(home);
  // No bus: there is no keychain in this world.
  env = { HOME: home, XDG_RUNTIME_DIR: home };
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const run = (...args: string[]): Promise<CliResult> => runCli(args, { env, cwd: home });

function errorOf(result: CliResult) {
  const { error } = result.json() as { error: { code: string; message: string; hint?: string } };
  return error;
}

describe('words that are not understood', () => {
  test.each([
    [['sacn'], 'Did you mean `portcullis scan`?'],
    [['servers', 'delete'], 'See `portcullis help servers`.'],
    [['scan', '--formatt', 'jsonl'], 'Did you mean --format?'],
    [['protect', 'github', '--all'], 'See `portcullis help protect`.'],
    [['leave'], 'portcullis leave github'],
    [['completion', 'tcsh'], 'bash, zsh and fish'],
    [['servers', 'add', 'x'], 'portcullis servers add github --'],
    [['servers', 'add', 'x', '--url', 'https://a.b', '--header', 'nocolon'], 'help servers add'],
    [['scan', '--deep', '.'], 'portcullis scan PATH'],
  ])('%j ends with 2 and a remedy, for people and for scripts', async (words, remedy) => {
    const people = await run(...words);
    expect([people.exitCode, people.stdout]).toEqual([2, '']);
    expect(people.stderr).toContain(remedy);
    expect(people.stderr.split('\n').length).toBeLessThanOrEqual(3);
    const script = await run(...words, '--json');
    expect([script.exitCode, script.stderr]).toEqual([2, '']);
    expect(errorOf(script)).toMatchObject({ code: 'bad_input' });
    expect(errorOf(script).hint).toContain(remedy);
  });

  test('run refuses --json', async () => {
    const result = await run('run', 'github', '--json');
    expect([result.exitCode, errorOf(result).code]).toEqual([2, 'bad_input']);
  });
});

describe('scan', () => {
  const scan = (...args: string[]) => run('scan', ...args);

  test('one line for each finding, with the columns of its contract and the file as it was named', async () => {
    const result = await scan('--format', 'jsonl', '.cursor/mcp.json');
    expect(result.exitCode).toBe(1);
    const lines = result.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      {
        file: '.cursor/mcp.json',
        pointer: '/mcpServers/github/env/GITHUB_TOKEN',
        kind: 'github-pat-fine',
        family: 'github',
        confidence: expect.stringMatching(/^(certain|likely)$/),
        where: 'env',
        line: 9,
        reason: expect.any(String),
        fingerprint: expect.any(String),
      },
    ]);
    expect(result.stdout + result.stderr).not.toContain(files.value);
  });

  test('the whole report is one document', async () => {
    const result = await scan('--json');
    expect(result.exitCode).toBe(1);
    checkOutput(contract.exposure.scan, result.json());
    expect(result.stdout).not.toContain(files.value);
  });

  test('a clean file ends with 0, for people too', async () => {
    const clean = files.write('clean/mcp.json', '{"mcpServers":{}}');
    expect((await scan(clean, '--format', 'jsonl')).stdout).toBe('');
    const people = await scan(clean);
    expect([people.exitCode, people.stdout]).toEqual([
      0,
      expect.stringContaining('No secret was found in plain text.'),
    ]);
  });

  test.each([
    ['a path that is not there', () => join(home, 'nowhere.json')],
    ['an unknown client', () => '--client=nonesuch'],
  ])('%s ends with 2 and says which', async (_, make) => {
    const result = await scan(make(), '--json');
    expect(result.exitCode).toBe(2);
    expect(errorOf(result).message).toMatch(/nowhere\.json|nonesuch/);
  });

  test('a broken file is searched as text', async () => {
    const broken = files.write(
      'broken/mcp.json',
      `{"mcpServers": {"a": {"env": {"K": "${files.value}"`,
    );
    const result = await scan(broken, '--format', 'jsonl');
    expect(result.exitCode).toBe(1);
    expect(JSON.parse(result.stdout)).toMatchObject({ pointer: '#L1', kind: 'github-pat-fine' });
  });

  test('names that order a terminal about are written out', async () => {
    const folder = join(home, 'hostile');
    mkdirSync(folder);
    writeFileSync(
      join(folder, '\u001b[2Jx\n\u202e.json'),
      JSON.stringify({
        mcpServers: { '\u001b]0;own\u0007': { command: 'x', env: { TOKEN: files.value } } },
      }),
    );
    const people = await scan(folder);
    expect(people.exitCode).toBe(1);
    expect(people.stdout).toContain('\\u{1b}[2Jx\\n\\u{202e}.json');
    expect(people.stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\u202e/u);
    rmSync(folder, { recursive: true });
  });

  test('a folder with a loop, a device and a socket ends', async () => {
    const folder = join(home, 'odd');
    mkdirSync(folder);
    symlinkSync(folder, join(folder, 'loop.json'));
    symlinkSync('/dev/zero', join(folder, 'zero.json'));
    const result = await scan(folder, '--json');
    expect(result.exitCode).toBe(0);
    checkOutput(contract.exposure.scan, result.json());
  });
});

describe('records and files that are not there', () => {
  test.each([
    [['servers', 'show', 'nonesuch'], 3, 'not_found'],
    [['servers', 'show', '../../etc'], 2, 'bad_input'],
    [['servers', 'remove', 'nonesuch'], 3, 'not_found'],
    [['secrets', 'list', 'nonesuch'], 3, 'not_found'],
    [['inspect', 'nonesuch'], 3, 'not_found'],
    [['call', 'nonesuch', 'tool'], 3, 'not_found'],
    [['call', 'nonesuch', 'tool', '--arg', 'novalue'], 2, 'bad_input'],
    [['clients', 'snippet', 'nonesuch', 'x'], 3, 'not_found'],
    [['restore', 'nowhere.json'], 3, 'not_found'],
    [['protect', '--undo', 'nonesuch', '--yes'], 3, 'not_found'],
    [['protect', '--item', 'nonesuch'], 2, 'bad_input'],
    [['protect', '--consent', 'everything'], 2, 'bad_input'],
    [['protect', '--choose', 'a.b=c'], 2, 'bad_input'],
    [['projects', 'add', '.cursor/mcp.json'], 10, 'file_missing'],
    [['protect', '--client', 'nonesuch', '--plan'], 3, 'not_found'],
    [['leave', '--client', 'nonesuch'], 3, 'not_found'],
    [['clients', 'entries', 'nonesuch'], 3, 'not_found'],
  ])('%j ends with %i', async (words, exit, code) => {
    const result = await run(...words, '--json');
    expect([result.exitCode, errorOf(result).code]).toEqual([exit, code]);
  });
});

describe('without a keychain', () => {
  test('the overview and the doctor say so, protect changes nothing', async () => {
    const before = readFileSync(files.cursor, 'utf8');
    const overview = await run('--json');
    checkOutput(contract.overview.get, overview.json());
    expect(overview.json()).toMatchObject({ keychain: { state: 'unavailable' }, exposed: 1 });
    const doctor = await run('doctor', '--json');
    expect(doctor.exitCode).toBe(1);
    checkOutput(contract.doctor.run, doctor.json());
    const protect = await run('protect', '--yes', '--json');
    expect(protect.exitCode).toBe(20);
    expect(errorOf(protect).code).toBe('keychain_unavailable');
    expect(readFileSync(files.cursor, 'utf8')).toBe(before);
  });

  test('a vault takes its passphrase from stdin, and knows it again', async () => {
    const own = mkdtempSync(join(tmpdir(), 'pk-cli-'));
    const world = { env: { HOME: own, XDG_RUNTIME_DIR: own } };
    const made = await runCli(['vault', 'create', '--json'], {
      ...world,
      input: 'a long passphrase\n',
    });
    expect([made.exitCode, made.json()]).toEqual([0, {}]);
    const wrong = await runCli(['vault', 'open', '--json'], { ...world, input: 'not that one\n' });
    expect([wrong.exitCode, errorOf(wrong).code]).toEqual([27, 'passphrase_wrong']);
    const right = await runCli(['vault', 'open'], { ...world, input: 'a long passphrase\n' });
    expect(right.exitCode).toBe(0);
    rmSync(own, { recursive: true });
  });

  test('what only looks leaves nothing in the home', async () => {
    const before = readdirSync(home, { recursive: true }).toSorted();
    for (const words of [['clients'], ['servers'], ['secrets'], ['protect', '--runs'], ['help']])
      expect((await run(...words)).exitCode).toBe(0);
    expect(readdirSync(home, { recursive: true }).toSorted()).toEqual(before);
  });
});

describe('help', () => {
  test('every command explains itself with examples', async () => {
    const all = await run('help');
    expect(all.stdout).toMatch(/protect +move secrets into the keychain/);
    const one = await run('protect', '--help');
    expect(one.stdout).toContain('Examples\n  portcullis protect --plan');
    expect((await run('help', '--json')).json()).toEqual(expect.any(Array));
  });

  test('the version alone', async () => {
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

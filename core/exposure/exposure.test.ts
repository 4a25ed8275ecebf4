/** Scanning files: what is looked at, what is left out and named, and that no value ever comes out. */
import { describe, expect, test } from 'vitest';
import { generateCorpus } from '../../test/corpus/generate.ts';
import { b62, createDice, withChecksum } from '../../test/corpus/random.ts';
import { createMemoryFiles, type MemoryFiles } from '../../test/support/memory-files.ts';
import type { ParsedDocument } from '../documents/document.ts';
import { parseDocument } from '../documents/parse-document.ts';
import type { Platform, Processes } from '../ports.ts';
import { createExposure, type ScanRequest } from './exposure.ts';

const d = createDice(99);
const home = '/home/kim';
const config = `${home}/.cursor/mcp.json`;
const ghp = `ghp_${withChecksum(d.text(b62, 30))}`;

function configWith(value: string): string {
  return JSON.stringify({
    mcpServers: { github: { command: 'npx', args: ['gh-mcp'], env: { GITHUB_TOKEN: value } } },
  });
}

async function write(files: MemoryFiles, path: string, text: string, mode = 0o600): Promise<void> {
  await files.makeFolder(path.slice(0, path.lastIndexOf('/')));
  await files.createExclusive(path, new TextEncoder().encode(text), mode);
}

interface World {
  readonly files: MemoryFiles;
  readonly asked: string[][];
  scan(request?: Partial<ScanRequest>): ReturnType<ReturnType<typeof createExposure>['scan']>;
  readonly exposure: ReturnType<typeof createExposure>;
}

function openWorld(options: { tracked?: boolean; platform?: Platform } = {}): World {
  const files = createMemoryFiles();
  const asked: string[][] = [];
  const refuse = (): never => {
    throw new Error('Not in this test.');
  };
  const processes: Processes = {
    run: async (command, args, { env }) => {
      asked.push([command, ...args, ...Object.keys(env).sort()]);
      return { exitCode: options.tracked === true ? 0 : 1, signal: null, stdout: '', stderr: '' };
    },
    start: refuse,
    list: refuse,
    isAlive: refuse,
    memoryOf: refuse,
  };
  const exposure = createExposure({
    files,
    machine: {
      platform: options.platform ?? 'linux',
      home,
      env: { PATH: '/bin', GIT_DIR: '/evil' },
    },
    roots: { config: `${home}/c`, data: `${home}/d`, cache: `${home}/x` },
    random: { bytes: (count) => new Uint8Array(count).map((_, index) => index * 7) },
    processes,
  });
  const clientFiles = [{ client: 'cursor', path: config }];
  return {
    files,
    asked,
    exposure,
    scan: (request) => exposure.scan({ clientFiles, suppressions: [], ...request }),
  };
}

describe('what is looked at', () => {
  test('a file that the caller has read is looked into as read, unless it was written since', async () => {
    const { files, scan } = openWorld();
    const text = configWith(ghp);
    await write(files, config, text);
    const seen = parseDocument(new TextEncoder().encode(text), 'json', config);
    const changed = parseDocument(new TextEncoder().encode(configWith('${GH}')), 'json', config);
    const findings = async (document?: ParsedDocument) => {
      const file = { client: 'cursor', path: config, ...(document ? { document } : {}) };
      return (await scan({ clientFiles: [file] })).findings;
    };
    const alone = await findings();
    expect(alone).toHaveLength(1);
    expect(await findings(seen)).toEqual(alone);
    expect(await findings(changed)).toEqual(alone);
  });

  test('client files, their copies, env files they name, shell histories', async () => {
    const { files, scan } = openWorld();
    const entry = { command: 'x', envFile: '${workspaceFolder}/.env', env: { GITHUB_TOKEN: ghp } };
    await write(files, config, JSON.stringify({ mcpServers: { github: entry } }));
    await write(files, `${config}.bak`, configWith(ghp));
    await write(files, `${home}/.cursor/backups/one.json`, configWith(ghp));
    await write(files, `${home}/.cursor/other.json`, configWith(ghp));
    await write(files, `${home}/.env`, `TOKEN=${ghp}\n`);
    await write(files, `${home}/.bash_history`, `ls\nexport T=${ghp}\n`);
    const { findings, looked, skipped, warnings } = await scan();
    expect(
      findings.map(({ file, pointer, where, client }) => [file, pointer, where, client]),
    ).toEqual([
      [config, '/mcpServers/github/env/GITHUB_TOKEN', 'env', 'cursor'],
      [`${config}.bak`, '/mcpServers/github/env/GITHUB_TOKEN', 'backup', undefined],
      [
        `${home}/.cursor/backups/one.json`,
        '/mcpServers/github/env/GITHUB_TOKEN',
        'backup',
        undefined,
      ],
      [`${home}/.bash_history`, '#L2', 'history', undefined],
      [`${home}/.env`, '/TOKEN', 'env-file', 'cursor'],
    ]);
    expect(looked.files).toBe(5);
    expect(skipped).toEqual([]);
    expect(warnings).toEqual([]);
    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  });

  test('a folder, without node_modules and .git, links followed once', async () => {
    const { files, scan } = openWorld();
    await write(files, '/p/a/mcp.json', configWith(ghp));
    await write(files, '/p/node_modules/x/mcp.json', configWith(ghp));
    await write(files, '/p/.git/config', `[x]\ntoken = ${ghp}\n`);
    files.link('/p', '/p/a/loop');
    files.link('/p/a/mcp.json', '/p/a/same.json');
    files.link('/nowhere', '/p/a/dead.json');
    const { findings, skipped } = await scan({ paths: ['/p'] });
    expect(findings.map(({ file }) => file)).toEqual(['/p/a/mcp.json']);
    expect(skipped.map(({ path }) => path).sort()).toEqual(['/p/a/dead.json', '/p/a/loop']);
  });

  test('transcripts and editor history only in a deep scan', async () => {
    const { files, scan } = openWorld();
    await write(files, `${home}/.claude/projects/x/1.jsonl`, `{"a":"TOKEN=${ghp}"}\n`);
    await write(files, `${home}/.config/Code/User/History/1/a.json`, configWith(ghp));
    expect((await scan()).findings).toEqual([]);
    expect(
      (await scan({ deep: true })).findings.map(({ pointer, where }) => [pointer, where]),
    ).toEqual([
      ['#L1', 'log'],
      ['/mcpServers/github/env/GITHUB_TOKEN', 'backup'],
    ]);
  });
});

describe('what is left out is named', () => {
  test('an unreadable file, a file that is too large, a file that is no text', async () => {
    const { files, scan } = openWorld();
    await write(files, '/p/denied.json', configWith(ghp));
    await write(files, '/p/huge.json', ' '.repeat(8 * 1024 * 1024 + 1));
    await write(files, '/p/picture.png', 'a\0b');
    await write(files, '/p/z.json', configWith(ghp));
    files.deny('/p/denied.json', 'read');
    const { findings, skipped } = await scan({ paths: ['/p'] });
    expect(findings.map(({ file }) => file)).toEqual(['/p/z.json']);
    expect(skipped.map(({ path }) => path)).toEqual([
      '/p/denied.json',
      '/p/huge.json',
      '/p/picture.png',
    ]);
  });

  test('a path that is not there is an error', async () => {
    await expect(openWorld().scan({ paths: ['/nothing'] })).rejects.toMatchObject({
      code: 'file_missing',
    });
  });

  test('a scan that is called off ends', async () => {
    const { files, scan } = openWorld();
    await write(files, config, configWith(ghp));
    await expect(scan({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
  });
});

describe('what is hidden is counted', () => {
  test('possible findings', async () => {
    const { files, scan } = openWorld();
    await write(files, config, JSON.stringify({ note: d.text(b62, 60) }));
    expect(await scan()).toMatchObject({ findings: [], hidden: { possible: 1, suppressed: 0 } });
    expect((await scan({ all: true })).findings).toMatchObject([{ confidence: 'possible' }]);
  });

  test('suppressed findings, by pointer and value', async () => {
    const { files, scan } = openWorld();
    await write(files, config, configWith(ghp));
    const [finding] = (await scan()).findings;
    const { pointer = '', fingerprint = '' } = finding ?? {};
    expect(await scan({ suppressions: [{ pointer, fingerprint }] })).toMatchObject({
      findings: [],
      hidden: { suppressed: 1 },
    });
    expect(
      (await scan({ suppressions: [{ pointer, fingerprint: 'other' }] })).findings.length,
    ).toBe(1);
  });
});

describe('facts of the file', () => {
  test('readable by others, in a synced folder, tracked by git', async () => {
    const { files, scan, asked } = openWorld({ tracked: true });
    const path = '/home/kim/Dropbox/app/mcp.json';
    await write(files, path, configWith(ghp), 0o644);
    await files.makeFolder('/home/kim/Dropbox/app/.git');
    const { warnings } = await scan({ paths: [path] });
    expect(warnings.map(({ warning, fix }) => [warning, fix])).toEqual([
      ['readable-by-others', 'narrow-mode'],
      ['in-synced-folder', 'edit-by-hand'],
      ['tracked-by-git', 'untrack'],
    ]);
    expect(asked[0]).toContain('core.fsmonitor=false');
    expect(asked[0]).not.toContain('GIT_DIR');
  });

  test('nothing is said of files without findings', async () => {
    const { files, scan, asked } = openWorld({ tracked: true });
    await write(files, '/p/mcp.json', '{}', 0o644);
    await files.makeFolder('/p/.git');
    expect((await scan({ paths: ['/p/mcp.json'] })).warnings).toEqual([]);
    expect(asked).toEqual([]);
  });
});

describe('no value comes out', () => {
  test('of a whole corpus, in reports, pointers, reasons', async () => {
    const { files, scan } = openWorld();
    const corpus = generateCorpus(42, 200);
    for (const { file, text } of corpus.files) await write(files, `/p/${file}`, text);
    const printed = JSON.stringify(await scan({ paths: ['/p'], all: true }));
    const leaked = corpus.files
      .flatMap(({ values }) => values)
      .filter((value) => printed.includes(value));
    expect(leaked).toEqual([]);
  });

  test('of a map key and a file name that hold one', async () => {
    const { files, scan } = openWorld();
    await write(
      files,
      `/p/${ghp}.json`,
      JSON.stringify({
        projects: { [`https://x:${ghp}@github.com/a`]: { apiKey: d.text(b62, 30) } },
      }),
    );
    const report = await scan({ paths: ['/p'], all: true });
    expect(report.findings.length).toBe(2);
    expect(JSON.stringify(report)).not.toContain(ghp);
  });
});

test('the fingerprint key is made once, for the owner only', async () => {
  const { files, exposure, scan } = openWorld();
  await write(files, config, configWith(ghp));
  const first = await scan();
  await exposure.fingerprinter();
  const second = await scan();
  expect(second).toEqual(first);
  expect((await files.stat(`${home}/d/scan.key`))?.mode).toBe(0o600);
});

test('files that may hold copies, for the protect job', async () => {
  const { files, exposure } = openWorld();
  await write(files, config, '{}');
  await write(files, `${config}~`, '{}');
  await write(files, `${home}/.zsh_history`, 'ls\n');
  expect(await exposure.listRelated([config])).toEqual([
    { file: `${config}~`, kind: 'old-copy' },
    { file: `${home}/.zsh_history`, kind: 'history' },
  ]);
});

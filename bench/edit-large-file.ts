/**
 * One entry changed in a state file of 5 MB, from bytes to bytes: ours against parsing and writing
 * the whole file anew, and against jsonc-parser's own way. The file is made up to look like Claude
 * Code's: a few server entries among megabytes of per-project history.
 */

import { applyEdits, modify } from 'jsonc-parser';
import { editDocument } from '../core/documents/edit-document.ts';
import { parseDocument } from '../core/documents/parse-document.ts';

interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly low: number;
  readonly high: number;
}

interface Report {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly ratios: readonly {
    readonly name: string;
    readonly value: number;
    readonly budget: { readonly most: number };
  }[];
  readonly notes: readonly string[];
}

const rounds = 21;
const entry = { command: '/opt/portcullis', args: ['run', 'github'] };

/** Measures and prints. Times are milliseconds of wall clock. */
export function run(): Report {
  const first = new TextEncoder().encode(stateFile('first'));
  const last = new TextEncoder().encode(stateFile('last'));
  const rows = measureAll([
    ['ours, servers first', () => editOurs(first, 'server-3')],
    ['ours, servers last', () => editOurs(last, 'server-3')],
    ['ours, servers last, new entry', () => editOurs(last, 'github')],
    ['JSON.parse + edit + JSON.stringify', () => rewrite(last)],
    ['jsonc-parser modify + applyEdits', () => modifyWhole(last)],
    ['floor: JSON.parse of the text', () => JSON.parse(new TextDecoder().decode(last))],
  ]);
  const value = (index: number): number => rows[index]?.value ?? Number.NaN;
  const budget = { most: 0.6 };
  const report: Report = {
    title: `Edit one entry in a file of ${(last.length / 1e6).toFixed(1)} MB`,
    rows,
    ratios: [
      { name: 'servers first / parse + stringify', value: value(0) / value(3), budget },
      { name: 'servers last / parse + stringify', value: value(1) / value(3), budget },
      { name: 'new entry / parse + stringify', value: value(2) / value(3), budget },
    ],
    notes: [
      `${rounds} rounds, interleaved, after 3 to warm up`,
      'from bytes to bytes; ours reads all of the file with JSON.parse before it edits',
    ],
  };
  return report;
}

function editOurs(bytes: Uint8Array, name: string): Uint8Array {
  const document = parseDocument(bytes, 'json', 'state.json');
  return editDocument(document, [{ op: 'set', path: ['mcpServers', name], value: entry }]);
}

function rewrite(bytes: Uint8Array): Uint8Array {
  const state: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (typeof state === 'object' && state !== null && 'mcpServers' in state) {
    Object.assign(state.mcpServers ?? {}, { 'server-3': entry });
  }
  return new TextEncoder().encode(JSON.stringify(state, null, 2));
}

function modifyWhole(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  const formattingOptions = { tabSize: 2, insertSpaces: true };
  const edits = modify(text, ['mcpServers', 'server-3'], entry, { formattingOptions });
  return new TextEncoder().encode(applyEdits(text, edits));
}

/** What Claude Code keeps of a project: history, permissions and the numbers of the last session. */
function project(index: number): object {
  return {
    allowedTools: ['Bash(npm test)', 'Read'],
    history: Array.from({ length: 90 }, (_, turn) => ({
      display: `Explain step ${turn} of "project ${index}" ${'and go on '.repeat(turn % 6)}`,
      pastedContents: {},
    })),
    mcpContextUris: [],
    mcpServers: {},
    enabledMcpjsonServers: [],
    hasTrustDialogAccepted: true,
    exampleFiles: ['main.ts', 'read.ts', 'write.ts'],
    lastCost: index / 7,
    lastDuration: index * 1337,
    lastModelUsage: { small: { inputTokens: index, outputTokens: index * 3, costUSD: index / 9 } },
  };
}

function stateFile(place: 'first' | 'last'): string {
  const servers = Object.fromEntries(
    Array.from({ length: 8 }, (_, index) => [
      `server-${index}`,
      { type: 'stdio', command: 'npx', args: ['-y', `package-${index}`], env: { MODE: 'fast' } },
    ]),
  );
  const projects = Object.fromEntries(
    Array.from({ length: 340 }, (_, index) => [
      `/home/someone/projects/project-${index}`,
      project(index),
    ]),
  );
  const rest = { numStartups: 412, projects };
  const state =
    place === 'first' ? { mcpServers: servers, ...rest } : { ...rest, mcpServers: servers };
  return JSON.stringify(state, null, 2);
}

function measureAll(subjects: readonly (readonly [string, () => unknown])[]): Row[] {
  const times = subjects.map((): number[] => []);
  for (let round = -3; round < rounds; round += 1) {
    for (const [index, [, subject]] of subjects.entries()) {
      const start = performance.now();
      subject();
      if (round >= 0) times[index]?.push(performance.now() - start);
    }
  }
  return subjects.map(([name], index) => {
    const sorted = (times[index] ?? []).toSorted((a, b) => a - b);
    const at = (share: number): number =>
      sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
    return { name, value: at(0.5), unit: 'ms', low: at(0), high: at(1) };
  });
}

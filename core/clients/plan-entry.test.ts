import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../test/support/runs.ts';
import type { DocumentFormat, Edit, Path, Plain } from '../documents/document.ts';
import { editDocument } from '../documents/edit-document.ts';
import { plainAt } from '../documents/nodes.ts';
import { parseDocument } from '../documents/parse-document.ts';
import { planEntryPut, planEntryRemove } from './plan-entry.ts';
import { findClient } from './table.ts';

function documentOf(text: string, format: DocumentFormat): ReturnType<typeof parseDocument> {
  return parseDocument(new TextEncoder().encode(text), format, 'f');
}

function put(
  id: string,
  text: string,
  request: { path?: Path; name: string; value: Plain },
): { text: string; edits: readonly Edit[] } {
  const row = findClient(id);
  const document = documentOf(text, row.format);
  const edits = planEntryPut(row, document, request);
  return { text: new TextDecoder().decode(editDocument(document, edits)), edits };
}

const value = { command: 'p', args: ['run', 's'] };

describe('changing an entry', () => {
  test('only keys that differ are touched, with the comments and layout of the others', () => {
    const before = `{
  "servers": {
    // mine
    "a": {
      "type": "stdio",   // always
      "command": "c",
      "args": [ "x",
                "y" ],
      "env": { "A": "x", /* kept */ "B": "y" }
    }
  }
}`;
    const { text, edits } = put('vscode', before, {
      path: ['servers', 'a'],
      name: 'a',
      value: { type: 'stdio', command: 'p', args: ['x', 'y'], env: { B: 'y' } },
    });
    expect(edits).toEqual([
      { op: 'set', path: ['servers', 'a', 'command'], value: 'p' },
      { op: 'remove', path: ['servers', 'a', 'env', 'A'] },
    ]);
    expect(text).toBe(before.replace('"c"', '"p"').replace('"A": "x", /* kept */ ', '/* kept */ '));
  });

  test('an equal entry needs no edit', () => {
    const { text, edits } = put(
      'claude-code',
      '{"mcpServers":{"a":{"args":["x"],"command":"c"}}}',
      {
        path: ['mcpServers', 'a'],
        name: 'a',
        value: { command: 'c', args: ['x'] },
      },
    );
    expect(edits).toEqual([]);
    expect(text).toBe('{"mcpServers":{"a":{"args":["x"],"command":"c"}}}');
  });

  test('an entry that is not a map is replaced as a whole', () => {
    const { edits } = put('claude-code', '{"mcpServers":{"a":null}}', {
      path: ['mcpServers', 'a'],
      name: 'a',
      value,
    });
    expect(edits).toEqual([{ op: 'set', path: ['mcpServers', 'a'], value }]);
  });

  test('a file with the name twice is not edited', () => {
    const text = '{"mcpServers":{"a":{"command":"c"},"a":{"command":"d"}}}';
    expect(() => put('claude-code', text, { path: ['mcpServers', 'a'], name: 'a', value })).toThrow(
      expect.objectContaining({ code: 'file_duplicate_keys' }),
    );
  });
});

describe('adding an entry', () => {
  test.each([
    ['claude-code', '', ['mcpServers', 'a']],
    ['claude-code', '{"mcpServers": null}', ['mcpServers', 'a']],
    ['opencode', '{"model": "m"}', ['mcp', 'servers', 'a']],
    ['opencode', '{"mcp": {"b": {"type": "local", "command": ["c"]}}}', ['mcp', 'a']],
    ['opencode', '{"mcp": {"servers": {}}}', ['mcp', 'servers', 'a']],
    ['mcphub-nvim', '{servers: {}, mcpServers: {}}', ['servers', 'a']],
    ['mcphub-nvim', '{}', ['mcpServers', 'a']],
    ['warp', '{"mcp": {"servers": {}}}', ['mcp', 'servers', 'a']],
    ['amp', '{}', ['amp.mcpServers', 'a']],
    ['codex', 'model = "m"\n', ['mcp_servers', 'a']],
    ['goose', 'GOOSE_MODEL: m\n', ['extensions', 'a']],
    ['continue', 'name: x\n', ['mcpServers', 0]],
    ['continue', 'mcpServers:\n  - name: b\n    command: c\n', ['mcpServers', 1]],
    ['mistral-vibe', '', ['mcp_servers', 0]],
  ] as const)('%s %j', (id, text, path) => {
    const row = findClient(id);
    const before = documentOf(text, row.format);
    const after = documentOf(
      put(id, text, { name: 'a', value: { name: 'a', ...value } }).text,
      row.format,
    );
    expect(plainAt(after, path)).toEqual({ name: 'a', ...value });
    const removed = documentOf(
      new TextDecoder().decode(editDocument(after, planEntryRemove(row, after, path))),
      row.format,
    );
    expect(plainAt(removed, path)).toBeUndefined();
    const {
      mcp: _,
      mcpServers: __,
      mcp_servers: ___,
      extensions: ____,
      ...rest
    } = Object(plainAt(before, []));
    expect(plainAt(removed, [])).toMatchObject(rest);
  });

  test('Goose: the key is the name as Goose would make it', () => {
    expect(put('goose', '', { name: 'My Server.v2', value }).edits).toEqual([
      { op: 'set', path: ['extensions'], value: { myserver_v2: value } },
    ]);
  });

  test('a taken name is a conflict, also where the client makes two names one', () => {
    const conflict = expect.objectContaining({ code: 'conflict' });
    expect(() => put('claude-code', '{"mcpServers":{"a":{}}}', { name: 'a', value })).toThrow(
      conflict,
    );
    expect(() =>
      put('mistral-vibe', '[[mcp_servers]]\nname = "a_b"\n', { name: 'a b', value }),
    ).toThrow(conflict);
    expect(() =>
      put('goose', 'extensions:\n  myserver: {}\n', { name: 'My Server', value }),
    ).toThrow(conflict);
  });

  test.each([
    ['claude-code', '{"mcpServers": ["mine"]}'],
    ['claude-code', '{"mcpServers": "mine"}'],
    ['opencode', '{"mcp": "mine"}'],
    ['continue', 'mcpServers:\n  mine: {}\n'],
    ['mistral-vibe', '[mcp_servers.mine]\n'],
  ])('what stands there in another form is not written over: %s %j', (id, text) => {
    expect(() => put(id, text, { name: 'a', value })).toThrow(
      expect.objectContaining({ code: 'file_unsupported' }),
    );
  });

  test('names that the client keeps for itself, and none at all', () => {
    for (const name of ['Claude Browser', 'Claude Preview', ''])
      expect(() => put('claude-code', '{}', { name, value })).toThrow(
        expect.objectContaining({ code: 'bad_input' }),
      );
  });

  test('an entry that is a whole file is not removed by an edit', () => {
    const row = findClient('continue');
    expect(() => planEntryRemove(row, documentOf('{"command":"c"}', 'json'), [])).toThrow(
      expect.objectContaining({ code: 'unsupported' }),
    );
    expect(planEntryRemove(row, documentOf('{}', 'json'), ['mcpServers', 3])).toEqual([]);
  });
});

const oddNames = [
  '__proto__',
  'constructor',
  'a.b c',
  '"q"',
  "it's",
  'line\nbreak',
  '<b>&amp;',
  '~/x',
  '*',
  'true',
  '42',
  'ключ',
  '- a: #b',
];

describe.each(['claude-code', 'codex', 'hermes-agent', 'continue', 'mistral-vibe'])(
  'any name in %s',
  (id) => {
    const row = findClient(id);
    const list = row.containers[0]?.kind === 'list';

    function roundTrip(name: string): void {
      const entry = { name, command: 'p' };
      const first = put(id, '', { name: 'other', value: { name: 'other', command: 'o' } }).text;
      const { text } = put(id, first, { name, value: entry });
      const document = documentOf(text, row.format);
      const path = [...(row.containers[0]?.path ?? []), list ? 1 : name];
      expect(plainAt(document, path)).toEqual(entry);
      const removed = editDocument(document, planEntryRemove(row, document, path));
      const left = documentOf(new TextDecoder().decode(removed), row.format);
      expect(plainAt(left, [])).toEqual(plainAt(documentOf(first, row.format), []));
    }

    test.each(oddNames)('%j', (name) => {
      roundTrip(name);
    });

    test('generated', () => {
      const text = fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
        // Sanitised to the name of the entry that is there already, or the empty key.
        .filter((name) => name.isWellFormed() && name !== 'other');
      fc.assert(fc.property(text, roundTrip), { numRuns: runs(30, 2000) });
    });
  },
);

import { describe, expect, test } from 'vitest';
import { parseDocument } from '../documents/parse-document.ts';
import { readEntries } from './read-entries.ts';
import { renderLauncherEntry } from './render-entry.ts';
import { snippetFor } from './snippet.ts';
import { clientTable, findClient } from './table.ts';

describe('findClient', () => {
  test.each([
    ['claude', ['claude-code', 'claude-desktop']],
    ['vs-code', ['vscode']],
    ['Zed', ['zed']],
    ['claude code', ['claude-code']],
    ['opencod', ['opencode']],
  ])('%s is told what looks alike', (id, close) => {
    expect(() => findClient(id)).toThrow(
      expect.objectContaining({
        code: 'not_found',
        details: { client: id, close: expect.arrayContaining(close) },
      }),
    );
  });

  test('what looks like nothing gets the way to the list', () => {
    expect(() => findClient('zzzzzzzzzzzz')).toThrow(
      expect.objectContaining({
        hint: 'See `portcullis clients` for the ids.',
        details: { client: 'zzzzzzzzzzzz', close: [] },
      }),
    );
  });
});

test('49 clients, each id once', () => {
  const ids = clientTable.map(({ id }) => id);
  expect(ids).toHaveLength(49);
  expect(new Set(ids).size).toBe(49);
  expect(clientTable.map(findIt)).toEqual([...clientTable]);
});

function findIt({ id }: { id: string }): unknown {
  return findClient(id);
}

describe.each(clientTable.map((row) => [row.id, row] as const))('%s', (_, row) => {
  test('is written only where its place is known', () => {
    expect(row.access === 'read-write').toBe(row.tier < 3);
    expect(row.access === 'detect-only').toBe(row.files.length === 0);
    expect(row.containers.length).toBeGreaterThan(0);
    for (const container of row.containers) {
      expect(container.kind === 'list').toBe(container.idField !== undefined);
      expect(container.path.includes('*') && container.existingOnly === undefined).toBe(false);
    }
  });

  test('can write and read each transport that it is said to have', () => {
    for (const { dialect } of row.containers) {
      const { types, transports, urls } = dialect.remote;
      for (const transport of transports) {
        expect(urls.some((url) => (url.transport ?? transport) === transport)).toBe(true);
        const word = types?.write[transport];
        expect(types === undefined || word !== undefined).toBe(true);
        if (word !== undefined) expect(types?.read[word]).toBeDefined();
      }
      expect(new Set(dialect.remote.only).has(dialect.stdio.command)).toBe(false);
    }
  });

  test('has patterns that compile and never match nothing', () => {
    for (const { pattern } of row.references) expect(new RegExp(pattern).test('')).toBe(false);
  });

  test('has a snippet that reads back as the entry', () => {
    const value = renderLauncherEntry(row, undefined, {
      launcher: '/opt/portcullis/bin/portcullis',
      server: 'notes',
      env: {},
    });
    const { text } = snippetFor(row, 'notes', value);
    const document = parseDocument(new TextEncoder().encode(text), row.format, 'snippet');
    const place = { containers: row.containers, firstContainerWins: false, writable: false };
    expect(readEntries(row, place, document)).toMatchObject([
      {
        name: 'notes',
        enabled: true,
        launch: { command: '/opt/portcullis/bin/portcullis', args: ['run', 'notes'] },
      },
    ]);
    expect(text.endsWith('\n')).toBe(true);
  });
});

test('snippets of clients that are not written', async () => {
  const shown = clientTable
    .filter(({ access }) => access !== 'read-write')
    .map((row) => {
      const value = renderLauncherEntry(row, undefined, {
        launcher: '/opt/portcullis/bin/portcullis',
        server: 'notes',
        env: {},
      });
      const { text, note } = snippetFor(row, 'notes', value);
      return `${row.id}${note === undefined ? '' : `: ${note}`}\n${text}`;
    });
  await expect(shown.join('\n')).toMatchFileSnapshot('../../test/goldens/snippets.txt');
});

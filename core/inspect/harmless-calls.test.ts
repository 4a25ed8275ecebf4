import type { Client } from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import type { InspectedTool } from '../../shared/models/inspection.ts';
import { callHarmless, isHarmless } from './harmless-calls.ts';

const tool = (more: Partial<InspectedTool>): InspectedTool => ({
  name: 'look',
  inputSchema: { type: 'object' },
  annotations: { readOnlyHint: true },
  cost: { characters: 1, tokens: 1, fullCharacters: 1, fullTokens: 1 },
  ...more,
});

test('only what says that it reads, and needs nothing, is called', () => {
  const refused: readonly Partial<InspectedTool>[] = [
    { annotations: {} },
    { annotations: { readOnlyHint: 'true' } },
    { annotations: { readOnlyHint: true, destructiveHint: true } },
    { annotations: { readOnlyHint: false } },
    { inputSchema: { type: 'object', required: ['id'] } },
    { inputSchema: { type: 'object', required: 'id' } },
    { inputSchema: { type: 'object', required: null } },
    { name: 'look\u001b[2J' },
    { name: 'a'.repeat(129) },
    { name: '' },
  ];
  for (const more of refused) expect(isHarmless(tool(more)), JSON.stringify(more)).toBe(false);
  const { annotations: _, ...silent } = tool({});
  expect(isHarmless(silent)).toBe(false);
  expect(isHarmless(tool({}))).toBe(true);
  expect(isHarmless(tool({ inputSchema: { required: [], properties: { limit: {} } } }))).toBe(true);
});

test('three at most, without arguments; one that does not answer is not counted', async () => {
  const asked: unknown[] = [];
  const client = {
    callTool: async (call: { readonly name: string }) => {
      asked.push(call);
      if (call.name === 'b') throw new Error('closed');
      return { content: [] };
    },
  } as unknown as Client;
  const tools = ['a', 'b', 'c', 'd'].map((name) => tool({ name }));
  expect(await callHarmless(client, tools)).toEqual(['a', 'c']);
  expect(asked).toEqual(['a', 'b', 'c'].map((name) => ({ name, arguments: {} })));
});

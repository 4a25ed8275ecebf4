/** Other people's parsers, to judge ours by. */

import JSON5 from 'json5';
import { type Node, type ParseError, parseTree } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import type { DocumentFormat, Plain } from '../../core/documents/document.ts';
import { equalPlain, plainMap } from '../../core/documents/nodes.ts';

/** As strict as the clients that read these files. */
export const referees: Readonly<Record<DocumentFormat, (text: string) => unknown>> = {
  json: (text) => JSON.parse(text),
  jsonc: (text) => {
    const errors: ParseError[] = [];
    const tree = parseTree(text, errors, { allowTrailingComma: true });
    if (errors.length > 0 || tree === undefined) throw new Error('jsonc-parser finds errors');
    return treeData(tree);
  },
  json5: (text) => JSON5.parse(text),
  toml: (text) => parseToml(text, { integersAsBigInt: true }),
  yaml: (text) => parseYaml(text, { intAsBigInt: true }) ?? {},
};

/** Equal as data, big integers aside. */
export function sameData(ours: Plain, theirs: unknown): boolean {
  return equalPlain(loose(ours), loose(asPlain(theirs)));
}

/** Big integers as the doubles that some referees read them as. */
function loose(value: Plain): Plain {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(loose);
  return plainMap(Object.entries(value).map(([key, item]) => [key, loose(item)]));
}

export function asPlain(value: unknown): Plain {
  if (Array.isArray(value)) return value.map(asPlain);
  if (value instanceof Date) return value.toISOString().replace('.000', '');
  if (typeof value === 'object' && value !== null) {
    return plainMap(Object.entries(value).map(([key, item]) => [key, asPlain(item)]));
  }
  if (
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint'
  )
    return value;
  return null;
}

/** The data of jsonc-parser's tree; its own conversion loses a key named `__proto__`. */
function treeData(node: Node): unknown {
  const children = node.children ?? [];
  if (node.type === 'array') return children.map(treeData);
  if (node.type !== 'object') return node.value;
  return Object.fromEntries(
    children.map(({ children: [key, value] = [] }) => [key?.value, value && treeData(value)]),
  );
}

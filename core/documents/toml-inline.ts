/** Places inside inline TOML values, which are brackets like those of JSON. */

import type { AST } from 'toml-eslint-parser';
import type { Range } from './brackets.ts';
import type { Path } from './document.ts';
import { indexOf } from './nodes.ts';
import { nameOf, type TomlStatement } from './toml-read.ts';

export interface InlineMembers {
  readonly container: Range;
  readonly members: readonly Range[];
  /** Of an inline table: its keys; a dotted key has no name of its own and cannot be edited. */
  readonly names: readonly (string | undefined)[] | undefined;
}

/** Whether a path leads to or into the value of a pair, and not to a table. */
export function isInline(statements: readonly TomlStatement[], path: Path): boolean {
  const pair = pairAbove(statements, path);
  return pair !== undefined && pair.path.length < path.length;
}

/** The members of the array or inline table at a path; undefined when it is a table. */
export function inlineMembers(
  statements: readonly TomlStatement[],
  path: Path,
): InlineMembers | undefined {
  const pair = pairAbove(statements, path);
  if (pair?.value === undefined) return undefined;
  let node: AST.TOMLContentNode | undefined = pair.value;
  for (const key of path.slice(pair.path.length)) {
    if (node?.type === 'TOMLArray') node = node.elements[indexOf(key) ?? -1];
    else if (node?.type === 'TOMLInlineTable')
      node = node.body.find((child) => nameOfPair(child) === key)?.value;
    else return undefined;
  }
  if (node?.type === 'TOMLArray')
    return { container: rangeOf(node), members: node.elements.map(rangeOf), names: undefined };
  if (node?.type !== 'TOMLInlineTable') return undefined;
  return {
    container: rangeOf(node),
    members: node.body.map(rangeOf),
    names: node.body.map(nameOfPair),
  };
}

/** The pair whose value a path leads to or into. */
export function pairAbove(
  statements: readonly TomlStatement[],
  path: Path,
): TomlStatement | undefined {
  return statements.find(
    (statement) =>
      statement.kind === 'pair' &&
      statement.path.length <= path.length &&
      statement.path.every((key, index) => String(key) === String(path[index])),
  );
}

function nameOfPair(pair: AST.TOMLKeyValue): string | undefined {
  const [key, ...more] = pair.key.keys;
  return key === undefined || more.length > 0 ? undefined : nameOf(key);
}

function rangeOf({ range: [start, end] }: AST.TOMLNode): Range {
  return { start, end };
}

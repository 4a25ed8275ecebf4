/** The little that is needed to look at a syntax tree without naming every kind of node. */

export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function isNode(value: unknown): value is SyntaxNode {
  return isObject(value) && typeof value.type === 'string' && typeof value.start === 'number';
}

/** The nodes in a value: itself, or those in a list. */
export function asNodes(value: unknown): readonly SyntaxNode[] {
  return (Array.isArray(value) ? value : [value]).filter(isNode);
}

/** A node and everything below it. */
export function* walk(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const child of Object.values(node)) {
    for (const inner of asNodes(child)) yield* walk(inner);
  }
}

/** The name when the node is an identifier. */
export function nameOf(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Identifier' && typeof node.name === 'string'
    ? node.name
    : undefined;
}

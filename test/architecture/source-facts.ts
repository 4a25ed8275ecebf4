/**
 * What a source file says, read with the parser that Vite brings: its imports of every kind, its
 * calls of `reveal()`, the globals it touches, and whether it only passes on what others export.
 */
import { parseSync } from 'vite';

export interface Import {
  /** Undefined when the argument is not a plain string, so that no rule can be checked. */
  readonly target: string | undefined;
  /** Erased before the program runs. */
  readonly typeOnly: boolean;
  readonly line: number;
}

export interface SourceFacts {
  readonly file: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly reveals: number;
  /** Names used as free identifiers, such as `process`; not names of members or properties. */
  readonly names: ReadonlySet<string>;
  readonly anyTypes: readonly number[];
  readonly silenced: readonly number[];
  readonly isBarrel: boolean;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

/** Throws when the file does not parse: a rule that cannot be checked is broken. */
export function readSource(file: string, text: string): SourceFacts {
  const { program, errors, comments } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  const nodes = [...walk(program)];
  const body = program.body;
  return {
    file,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports: nodes.flatMap((node) => {
      const found = readImport(node);
      return found ? [{ ...found, line: lineOf(node.start) }] : [];
    }),
    reveals: nodes.filter(isRevealCall).length,
    names: new Set(nodes.flatMap(readFreeNames)),
    anyTypes: nodes.filter(({ type }) => type === 'TSAnyKeyword').map(({ start }) => lineOf(start)),
    silenced: comments
      .filter(({ value }) => /@ts-(ignore|nocheck)/.test(value))
      .map(({ start }) => lineOf(start)),
    isBarrel:
      body.length > 0 &&
      body.every((node) => /^Export(All|Named)Declaration$/.test(node.type) && hasSource(node)),
  };
}

function* walk(value: unknown): Generator<Node> {
  if (Array.isArray(value)) {
    for (const item of value) yield* walk(item);
  } else if (isObject(value)) {
    if (isNode(value)) yield value;
    for (const child of Object.values(value)) yield* walk(child);
  }
}

function readImport(node: Node): Omit<Import, 'line'> | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return hasSource(node)
        ? { target: readString(node.source), typeOnly: isTypeOnly(node) }
        : undefined;
    case 'ImportExpression':
      return { target: readString(node.source), typeOnly: false };
    case 'TSImportType':
      return { target: readString(node.source), typeOnly: true };
    case 'TSExternalModuleReference':
      return { target: readString(node.expression), typeOnly: false };
    case 'CallExpression':
      return isRequire(node.callee)
        ? { target: readString(firstOf(node.arguments)), typeOnly: false }
        : undefined;
    default:
      return undefined;
  }
}

/** `import type …`, or braces in which every name is marked `type`. */
function isTypeOnly(node: Node): boolean {
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const specifiers = Array.isArray(node.specifiers) ? node.specifiers : [];
  return (
    specifiers.length > 0 &&
    specifiers.every((one) => isObject(one) && (one.importKind ?? one.exportKind) === 'type')
  );
}

/** `require(…)` and `require.resolve(…)`. */
function isRequire(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  if (callee.type === 'MemberExpression') return isRequire(callee.object);
  return callee.type === 'Identifier' && callee.name === 'require';
}

/** Also `secret?.reveal()` and `secret['reveal']()`. */
function isRevealCall(node: Node): boolean {
  if (node.type !== 'CallExpression' || !isNode(node.callee)) return false;
  const { type, property } = node.callee;
  if (type !== 'MemberExpression' || !isNode(property)) return false;
  return property.name === 'reveal' || property.value === 'reveal';
}

/**
 * Identifiers that stand for a variable. The names of members, keys and types are children with a
 * role of their own, so they are told apart by asking the parent.
 */
function readFreeNames(node: Node): string[] {
  const named = (child: unknown): string[] =>
    isNode(child) && child.type === 'Identifier' && typeof child.name === 'string'
      ? [child.name]
      : [];
  if (node.type === 'MemberExpression') {
    // `globalThis.process` is `process` by another road.
    const viaGlobal = named(node.object)[0] === 'globalThis' ? named(node.property) : [];
    return [...named(node.object), ...viaGlobal];
  }
  const roles = ['callee', 'init', 'right', 'left', 'argument', 'test', 'consequent', 'alternate'];
  const single = roles.flatMap((role) => named(node[role]));
  const listed = node.type === 'CallExpression' ? node.arguments : node.elements;
  const value = node.type === 'Property' ? named(node.value) : [];
  return [...single, ...value, ...(Array.isArray(listed) ? listed.flatMap(named) : [])];
}

function hasSource(node: object): boolean {
  return 'source' in node && node.source !== null && node.source !== undefined;
}

function readString(node: unknown): string | undefined {
  return isNode(node) && typeof node.value === 'string' ? node.value : undefined;
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isNode(value: unknown): value is Node {
  return isObject(value) && typeof value.type === 'string' && typeof value.start === 'number';
}

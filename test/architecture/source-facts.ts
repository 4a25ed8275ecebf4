/**
 * What a source file says, read with the parser that Vite brings: its imports of every kind, its
 * calls of `reveal()`, the globals it touches, and whether it only passes on what others export.
 */
import { parseSync } from 'vite';
import { findFreeNames } from './free-names.ts';
import { asNodes, isNode, nameOf, type SyntaxNode, walk } from './syntax.ts';

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
  /** Names that the file uses and does not declare, such as `process`. */
  readonly names: ReadonlySet<string>;
  readonly anyTypes: readonly number[];
  readonly silenced: readonly number[];
  readonly isBarrel: boolean;
}

/** Throws when the file does not parse: a rule that cannot be checked is broken. */
export function readSource(file: string, text: string): SourceFacts {
  const { program, errors, comments } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  const tree = asTree(file, program);
  const nodes = [...walk(tree)];
  const body = program.body;
  return {
    file,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports: nodes.flatMap((node) => {
      const found = readImport(node);
      return found ? [{ ...found, line: lineOf(node.start) }] : [];
    }),
    reveals: nodes.filter(isRevealCall).length,
    names: findFreeNames(tree),
    anyTypes: nodes.filter(({ type }) => type === 'TSAnyKeyword').map(({ start }) => lineOf(start)),
    silenced: comments
      .filter(({ value }) => /@ts-(ignore|nocheck)/.test(value))
      .map(({ start }) => lineOf(start)),
    isBarrel:
      body.length > 0 &&
      body.every((node) => /^Export(All|Named)Declaration$/.test(node.type) && hasSource(node)),
  };
}

function readImport(node: SyntaxNode): Omit<Import, 'line'> | undefined {
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
        ? { target: readString(asNodes(node.arguments)[0]), typeOnly: false }
        : undefined;
    default:
      return undefined;
  }
}

/** `import type …`, or braces in which every name is marked `type`. */
function isTypeOnly(node: SyntaxNode): boolean {
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const specifiers = asNodes(node.specifiers);
  return (
    specifiers.length > 0 &&
    specifiers.every((one) => (one.importKind ?? one.exportKind) === 'type')
  );
}

/** `require(…)` and `require.resolve(…)`. */
function isRequire(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  if (callee.type === 'MemberExpression') return isRequire(callee.object);
  return nameOf(callee) === 'require';
}

/** Also `secret?.reveal()` and `secret['reveal']()`. */
function isRevealCall(node: SyntaxNode): boolean {
  if (node.type !== 'CallExpression' || !isNode(node.callee)) return false;
  const { type, property } = node.callee;
  if (type !== 'MemberExpression' || !isNode(property)) return false;
  return property.name === 'reveal' || property.value === 'reveal';
}

function hasSource(node: object): boolean {
  return 'source' in node && node.source !== null && node.source !== undefined;
}

function readString(node: unknown): string | undefined {
  return isNode(node) && typeof node.value === 'string' ? node.value : undefined;
}

function asTree(file: string, program: unknown): SyntaxNode {
  if (!isNode(program)) throw new Error(`${file} has no syntax tree.`);
  return program;
}

/**
 * The names in a file that nothing in the file declares: its globals. A port may be called `process`
 * or `fetch` in the function that is handed it; only the real ones count.
 */
import { asNodes, isNode, nameOf, type SyntaxNode } from './syntax.ts';

/** Types are erased; only these nodes of the type language hold a running expression. */
const typedExpressions = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSInstantiationExpression',
]);
const withoutReferences = new Set(['ImportDeclaration', 'ExportAllDeclaration', 'MetaProperty']);
const withNamedKey = new Set(['Property', 'PropertyDefinition', 'MethodDefinition']);

export function findFreeNames(program: SyntaxNode): ReadonlySet<string> {
  const free = new Set<string>();
  visit(program, new Set());
  return free;

  function visit(node: SyntaxNode, bound: ReadonlySet<string>): void {
    const name = nameOf(node);
    if (name !== undefined && !bound.has(name)) free.add(name);
    if (node.type === 'MemberExpression' && nameOf(node.object) === 'globalThis') {
      free.add(nameOf(node.property) ?? '');
    }
    const inside = isScope(node) ? new Set([...bound, ...declaredIn(node)]) : bound;
    for (const child of referringChildren(node)) visit(child, inside);
  }
}

/** Children that can refer to a variable: not types, labels, or names of members and keys. */
function referringChildren(node: SyntaxNode): readonly SyntaxNode[] {
  if (node.type.startsWith('TS')) {
    return typedExpressions.has(node.type) ? asNodes(node.expression) : [];
  }
  if (withoutReferences.has(node.type) || isReExport(node)) return [];
  const skipped = new Set(['label']);
  if (node.type === 'Identifier') return [];
  if (node.computed !== true && node.type === 'MemberExpression') skipped.add('property');
  if (node.computed !== true && withNamedKey.has(node.type)) skipped.add('key');
  return Object.entries(node).flatMap(([key, child]) => (skipped.has(key) ? [] : asNodes(child)));
}

function isReExport(node: SyntaxNode): boolean {
  return node.type === 'ExportNamedDeclaration' && isNode(node.source);
}

function isScope({ type }: SyntaxNode): boolean {
  return type === 'Program' || /Function/.test(type);
}

/** What a function or file declares itself; blocks count as part of it. */
function declaredIn(scope: SyntaxNode): readonly string[] {
  const names = asNodes(scope.params).flatMap(patternNames);
  const pending = [...asNodes(scope.body)];
  for (let node = pending.pop(); node; node = pending.pop()) {
    names.push(...declaredBy(node));
    if (isScope(node)) continue;
    pending.push(...Object.values(node).flatMap(asNodes));
  }
  return names;
}

function declaredBy(node: SyntaxNode): readonly string[] {
  switch (node.type) {
    case 'VariableDeclarator':
      return asNodes(node.id).flatMap(patternNames);
    case 'CatchClause':
      return asNodes(node.param).flatMap(patternNames);
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return asNodes(node.id).flatMap(patternNames);
    case 'ImportDeclaration':
      return asNodes(node.specifiers).flatMap(({ local }) => asNodes(local).flatMap(patternNames));
    default:
      return [];
  }
}

function patternNames(node: SyntaxNode): readonly string[] {
  switch (node.type) {
    case 'Identifier':
      return [nameOf(node) ?? ''];
    case 'ObjectPattern':
      return asNodes(node.properties).flatMap((property) =>
        asNodes(property.type === 'RestElement' ? property : property.value).flatMap(patternNames),
      );
    case 'ArrayPattern':
      return asNodes(node.elements).flatMap(patternNames);
    case 'AssignmentPattern':
      return asNodes(node.left).flatMap(patternNames);
    case 'RestElement':
      return asNodes(node.argument).flatMap(patternNames);
    default:
      return [];
  }
}

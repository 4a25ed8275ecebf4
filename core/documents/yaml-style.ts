/** Reads the manner of YAML around a place from its siblings, else from the whole file. */

import type { DocumentNode } from './document.ts';
import { columnOf } from './text.ts';
import type { YamlStyle } from './yaml-render.ts';

interface Sample {
  unit: string | undefined;
  indentedLists: boolean | undefined;
  flowLists: boolean | undefined;
  flowMaps: boolean | undefined;
}

export function yamlStyleOf(text: string, root: DocumentNode, container: DocumentNode): YamlStyle {
  const near = sample(text, container);
  const far = sample(text, root);
  return {
    unit: near.unit ?? far.unit ?? '  ',
    indentedLists: near.indentedLists ?? far.indentedLists ?? true,
    flowLists: near.flowLists ?? far.flowLists ?? false,
    flowMaps: near.flowMaps ?? false,
  };
}

function sample(text: string, from: DocumentNode): Sample {
  const found: Sample = {
    unit: undefined,
    indentedLists: undefined,
    flowLists: undefined,
    flowMaps: undefined,
  };
  const visit = (node: DocumentNode): void => {
    if (node.kind === 'scalar' || node.locked !== undefined) return;
    if (node.kind === 'list') {
      for (const item of node.items) visit(item);
      return;
    }
    for (const { keyStart, node: child } of node.entries) {
      const step = columnOf(text, child.start) - columnOf(text, keyStart);
      const isOpen = /[[{]/.test(text.charAt(child.start));
      if (child.kind === 'map' && child.entries.length > 0) {
        found.flowMaps ??= isOpen;
        if (!isOpen && step > 0) found.unit ??= ' '.repeat(step);
      }
      if (child.kind === 'list' && child.items.length > 0) {
        found.flowLists ??= isOpen;
        if (!isOpen) found.indentedLists ??= step > 0;
      }
      visit(child);
    }
  };
  visit(from);
  return found;
}

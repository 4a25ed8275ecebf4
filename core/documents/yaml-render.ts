/** Writes values as YAML: plain where that is read back as the same value, double-quoted elsewhere. */

import type { Plain } from './document.ts';
import { isPlainList, isPlainMap } from './nodes.ts';
import { TextProblem } from './problem.ts';

export interface YamlStyle {
  /** One level of indentation. */
  readonly unit: string;
  /** Whether `- ` stands deeper than the key above it. */
  readonly indentedLists: boolean;
  readonly flowLists: boolean;
  readonly flowMaps: boolean;
}

export function renderFlow(value: Plain): string {
  if (isPlainList(value)) return `[${value.map(renderFlow).join(', ')}]`;
  if (!isPlainMap(value)) return renderYamlScalar(value, true);
  const pairs = Object.entries(value).map(
    ([key, item]) => `${renderYamlScalar(key, true)}: ${renderFlow(item)}`,
  );
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

/** Lines of a map or list that is not empty; each begins with the indentation. */
export function renderBlock(value: Plain, style: YamlStyle, indent: string): string[] {
  if (isPlainList(value)) return value.flatMap((item) => renderItem(item, style, indent));
  if (isPlainMap(value))
    return Object.entries(value).flatMap(([key, item]) => renderEntry(key, item, style, indent));
  return [indent + renderYamlScalar(value)];
}

export function renderEntry(key: string, value: Plain, style: YamlStyle, indent: string): string[] {
  const head = `${indent}${renderYamlScalar(key)}:`;
  if (!isBlock(value, style)) return [`${head} ${renderFlowOrScalar(value)}`];
  const deeper = isPlainList(value) && !style.indentedLists ? indent : indent + style.unit;
  return [head, ...renderBlock(value, style, deeper)];
}

/** One list item; a map begins on the line of its dash. */
export function renderItem(value: Plain, style: YamlStyle, indent: string): string[] {
  if (!isPlainMap(value) || !isBlock(value, style))
    return [`${indent}- ${renderFlowOrScalar(value)}`];
  const [first = '', ...rest] = renderBlock(value, style, `${indent}  `);
  return [`${indent}- ${first.trimStart()}`, ...rest];
}

export function isBlock(value: Plain, style: YamlStyle): boolean {
  if (isPlainList(value)) return value.length > 0 && !style.flowLists;
  return isPlainMap(value) && Object.keys(value).length > 0 && !style.flowMaps;
}

/** @param inFlow inside `[ ]` or `{ }`, where commas and brackets end a plain text */
export function renderYamlScalar(
  value: null | boolean | number | bigint | string,
  inFlow = false,
): string {
  if (typeof value === 'string') return isSafePlain(value, inFlow) ? value : quoteYaml(value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
  }
  return Object.is(value, -0) ? '-0' : String(value);
}

/** JSON's escapes are all YAML's too; what YAML holds unprintable is escaped besides. @throws TextProblem */
export function quoteYaml(value: string): string {
  if (!value.isWellFormed()) throw new TextProblem(0, 'a text holds half a character');
  const escapeCode = (char: string): string =>
    `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    escapeCode,
  );
}

/** Narrow on purpose: a text that looks like anything else to any YAML version is quoted. */
function isSafePlain(value: string, inFlow: boolean): boolean {
  if (!/^[\p{L}\p{Nd}_./~$-][\p{L}\p{Nd}\p{M} _./~$:@%+=\\(),;!?*&^|<>"'{}[\]#-]*$/u.test(value))
    return false;
  if (/^[-.~]?$|^[-~.]\s|^---|^\.\.\.|:\s|:$|\s#|\s$|^[-+.]?\d|^[-+]?\.(?:inf|nan)/i.test(value))
    return false;
  if (/^(?:~|null|true|false|yes|no|on|off|y|n)$/i.test(value)) return false;
  return !(inFlow && /[,[\]{}:#"']/.test(value));
}

function renderFlowOrScalar(value: Plain): string {
  return isPlainList(value) || isPlainMap(value) ? renderFlow(value) : renderYamlScalar(value);
}

/** The rules about names, sizes and shapes that a machine can check. */
import { basename } from 'node:path';
import { isTest } from './import-rules.ts';
import type { SourceFacts } from './source-facts.ts';

/** Lines. Longer than `most` fails; longer than `aim` is printed, as a wish. */
export const size = { aim: 300, most: 400 } as const;

/** Tables are one long list on purpose: cutting one in two would hide rows. */
export const longTables: Readonly<Record<string, string>> = {
  'test/corpus/shapes.ts': 'one row per kind of secret; a reader compares neighbours',
};

/** A helper, one, is a process here. */
const emptyWords = new Set(['util', 'utils', 'helpers', 'manager', 'service', 'services']);
/** Names that others gave, which hold such a word. */
const properNames = ['secret-service'];
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;

export function findBadName(file: string): string | undefined {
  const own = properNames.reduce((name, proper) => name.replaceAll(proper, ''), file);
  const word = own.split(/[^a-z0-9]+/i).find((part) => emptyWords.has(part.toLowerCase()));
  if (word) return `${file}: "${word}" says nothing; name it for what it does`;
  return kebabCase.test(basename(file)) ? undefined : `${file}: file names are kebab-case`;
}

export function findBadShape(facts: SourceFacts): readonly string[] {
  const { file, anyTypes, silenced, isBarrel, lines } = facts;
  return [
    ...anyTypes.map((line) => `${file}:${line}: any turns the checks off; say what it is`),
    ...silenced.map((line) => `${file}:${line}: a silenced type error is still there`),
    ...(isBarrel ? [`${file}: only passes on exports; import from where things are`] : []),
    ...(lines > size.most && !isTest(file) && !(file in longTables)
      ? [`${file}: ${lines} lines; more than ${size.most} are two files`]
      : []),
  ];
}

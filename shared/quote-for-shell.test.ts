import { expect, test } from 'vitest';
import { quoteForShell } from './quote-for-shell.ts';

test.each([
  ['', `''`],
  ['--all', `'--all'`],
  ['~/x', `'~/x'`],
  ['/home/ada/$(touch owned)/x', `'/home/ada/$(touch owned)/x'`],
  ['/home/ada/`id`', `'/home/ada/\`id\`'`],
  [`/home/o'hara/x y`, `'/home/o'\\''hara/x y'`],
  ['/home/ada/a"b\\c\n', `'/home/ada/a"b\\c\n'`],
  ['/home/ada/.cursor/mcp.json', '/home/ada/.cursor/mcp.json'],
])('%j is the word %j', (text, word) => {
  expect(quoteForShell(text)).toBe(word);
});

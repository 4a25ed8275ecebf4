// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the references of clients look like this
import { describe, expect, test } from 'vitest';
import { hasClientReference, splitClientReferences } from './references.ts';
import { clientTable, findClient } from './table.ts';

describe('what each client resolves', () => {
  test.each([
    [
      'claude-code',
      ['${VAR}', '${VAR:-x y}', '${VAR:-}'],
      ['$VAR', '${env:VAR}', '${var%x}', '{env:VAR}', '%VAR%'],
    ],
    [
      'cursor',
      [
        '${env:VAR}',
        '${userHome}',
        '${workspaceFolder}/a',
        '${workspaceFolderBasename}',
        '${pathSeparator}',
      ],
      ['${VAR}', '$VAR', '${input:x}'],
    ],
    [
      'vscode',
      [
        '${input:api-key}',
        '${env:VAR}',
        '${workspaceFolder}',
        '${workspaceFolder:app}',
        '${command:a.b}',
      ],
      ['$VAR', '{env:VAR}', '${}'],
    ],
    ['windsurf', ['${env:VAR}', '${file:/run/secret}'], ['${VAR}', '$VAR']],
    [
      'gemini-cli',
      ['$VAR', '${VAR}', '${VAR:-x}', '%VAR%'],
      ['${env:VAR}', '$1', '100%', '%20x%20'],
    ],
    ['cline', ['${env:VAR}'], ['${VAR}']],
    ['goose', ['$NAME', '${NAME}'], ['${env:X}']],
    ['opencode', ['{env:VAR}', '{file:~/key}'], ['${VAR}', '$VAR', '{other:x}']],
    ['copilot-cli', ['$VAR', '${VAR}'], ['${env:VAR}']],
    [
      'continue',
      ['${{ secrets.NAME }}', '${{inputs.NAME}}', '${NAME}'],
      ['${{ other.NAME }}', '$NAME'],
    ],
    ['crush', ['$VAR', '${VAR:-x}', '$(pass show x)'], ['`pass`', '100$']],
    ['mcphub-nvim', ['${VAR}', '${env:VAR}', '${cmd: pass show x}'], ['$VAR']],
    ['visual-studio', ['${input:id}', '${env:VAR}'], ['${VAR}']],
    ['mcporter', ['${VAR}', '${VAR:-x}', '$env:VAR'], ['$VAR']],
    ['claude-desktop', [], ['$VAR', '${VAR}', '${env:VAR}', '%VAR%', '{env:VAR}']],
    ['codex', [], ['$VAR', '${VAR}']],
    ['zed', [], ['${VAR}']],
  ] as const)('%s', (id, yes, no) => {
    const row = findClient(id);
    expect(yes.filter((text) => !hasClientReference(row, text))).toEqual([]);
    expect(no.filter((text) => hasClientReference(row, text))).toEqual([]);
  });
});

test('only where the client looks', () => {
  const kiro = findClient('kiro');
  expect(hasClientReference(kiro, '${X}', { place: 'env' })).toBe(true);
  expect(hasClientReference(kiro, '${X}', { place: 'args' })).toBe(false);
  const goose = findClient('goose');
  expect(hasClientReference(goose, '$X', { place: 'env' })).toBe(false);
  const gemini = findClient('gemini-cli');
  expect(hasClientReference(gemini, '%X%', { place: 'env', platform: 'windows' })).toBe(true);
  expect(hasClientReference(gemini, '%X%', { place: 'env', platform: 'linux' })).toBe(false);
});

test('a text is cut into what is replaced and what is left', () => {
  const row = findClient('gemini-cli');
  expect(splitClientReferences(row, 'Bearer ${A:-b}$C!')).toEqual([
    { kind: 'text', text: 'Bearer ' },
    { kind: 'reference', text: '${A:-b}' },
    { kind: 'reference', text: '$C' },
    { kind: 'text', text: '!' },
  ]);
  expect(splitClientReferences(row, '')).toEqual([{ kind: 'text', text: '' }]);
  expect(splitClientReferences(findClient('zed'), '$A')).toEqual([{ kind: 'text', text: '$A' }]);
});

test('the parts of any text make the text, in every row', () => {
  const texts = [
    '',
    '$',
    '${',
    '${}',
    '$A${B}{env:C}',
    '${cmd: a} ${{ secrets.D }}',
    '%A%%',
    '$(x)y',
  ];
  for (const row of clientTable) {
    for (const text of texts) {
      const parts = splitClientReferences(row, text);
      expect(parts.map((part) => part.text).join('')).toBe(text);
      expect(parts.some(({ kind }) => kind === 'reference')).toBe(hasClientReference(row, text));
    }
  }
});

import { describe, expect, test } from 'vitest';
import { secretTemplate } from '../../shared/template.ts';
import { readNewServer, splitCommand } from './new-server.ts';

describe('a command line', () => {
  test('that ends inside a quote or behind a backslash has no words', () => {
    for (const text of ['"open', "npx 'a b", 'npx \\', '"a\\"']) {
      expect(splitCommand(text), text).toBeUndefined();
    }
  });

  test('is split as a shell would, and nothing in it is expanded', () => {
    expect(splitCommand(`  npx -y "a b" 'c "d"'e\\ f $HOME;rm \`x\` "" `)).toEqual([
      'npx',
      '-y',
      'a b',
      'c "d"e f',
      '$HOME;rm',
      '`x`',
      '',
    ]);
    expect(splitCommand(String.raw`"C:\Program Files\x.exe" "a\"b\\c"`)).toEqual([
      String.raw`C:\Program Files\x.exe`,
      String.raw`a"b\c`,
    ]);
    expect(splitCommand('')).toEqual([]);
  });
});

describe('a new server', () => {
  const secret = (name: string, value = 'v') => ({ id: 1, name, value });

  test('is nothing while a part is missing or wrong', () => {
    expect(readNewServer('command', { name: '', text: 'npx', secrets: [] })).toBeUndefined();
    expect(readNewServer('command', { name: 'a', text: ' ', secrets: [] })).toBeUndefined();
    expect(
      readNewServer('command', { name: 'a', text: 'npx', secrets: [secret('1A')] }),
    ).toBeUndefined();
    expect(
      readNewServer('command', { name: 'a', text: 'npx', secrets: [secret('A', '')] }),
    ).toBeUndefined();
    for (const text of ['javascript:alert(1)', 'file:///etc/passwd', 'example.com'])
      expect(readNewServer('address', { name: 'a', text, secrets: [] }), text).toBeUndefined();
  });

  test('gives a secret that an argument refers to there and not as a variable too', () => {
    const text = `npx x --token ${secretTemplate('TOKEN')}`;
    expect(
      readNewServer('command', { name: 'a', text, secrets: [secret('TOKEN'), secret('OTHER')] }),
    ).toMatchObject({
      launch: {
        args: ['x', '--token', secretTemplate('TOKEN')],
        env: { OTHER: secretTemplate('OTHER') },
      },
      secrets: { TOKEN: 'v', OTHER: 'v' },
    });
  });

  test('names its secrets in the launch and carries the values beside it', () => {
    expect(
      readNewServer('command', {
        name: ' a ',
        text: 'npx -y "x y"',
        secrets: [secret('TOKEN', 'one')],
      }),
    ).toEqual({
      name: 'a',
      launch: {
        transport: 'stdio',
        command: 'npx',
        args: ['-y', 'x y'],
        env: { TOKEN: `\${secret:TOKEN}` },
      },
      secrets: { TOKEN: 'one' },
    });
    expect(
      readNewServer('address', {
        name: 'a',
        text: 'https://example.com/mcp',
        secrets: [secret('X-Api-Key', 'two')],
      }),
    ).toEqual({
      name: 'a',
      launch: {
        transport: 'streamable-http',
        url: 'https://example.com/mcp',
        headers: { 'X-Api-Key': `\${secret:X_Api_Key}` },
      },
      secrets: { X_Api_Key: 'two' },
    });
  });
});

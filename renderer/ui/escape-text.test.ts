import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutText, escapeText, hasUnseen, shortenHome, splitPath } from './escape-text.ts';

describe('what cannot be seen is written out', () => {
  const hostile = [
    ['right-to-left override', 'safe\u202Egnp.exe', 'safe\\u{202e}gnp.exe'],
    ['isolates', '\u2066a\u2069', '\\u{2066}a\\u{2069}'],
    ['zero width', 'pay\u200Bpal', 'pay\\u{200b}pal'],
    ['escape sequence', '\u001B[31mred', '\\u{1b}[31mred'],
    ['line breaks', 'a\nb\r\tc', 'a\\nb\\r\\tc'],
    ['tag characters', 'x\u{E0041}', 'x\\u{e0041}'],
    ['lone surrogate', 'a\uD800b', 'a\\u{d800}b'],
    ['filler that looks empty', '\u3164', '\\u{3164}'],
    ['null', '\0', '\\u{0}'],
    ['stacked marks', `e${'\u0301'.repeat(40)}`, 'e\u0301\u0301'],
  ] as const;

  test.each(hostile)('%s', (_name, text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });

  test('ordinary text of any language stays', () => {
    const plain = 'Größe, 日本語, עברית, emoji 🏰, a b';
    expect(escapeText(plain)).toBe(plain);
    expect(hasUnseen(plain)).toBe(false);
  });

  test('whatever the text, nothing unseen is left', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(hasUnseen(escapeText(text))).toBe(false);
      }),
    );
  });
});

describe('cut', () => {
  test('never inside a character', () => {
    expect(cutText('🏰🏰🏰', 2)).toEqual({ head: '🏰🏰', rest: 1 });
    expect(cutText('🏰🏰', 2)).toEqual({ head: '🏰🏰', rest: 0 });
  });
});

describe('paths', () => {
  test('split after the last separator of either kind', () => {
    expect(splitPath('C:\\a\\b.json')).toEqual({ folder: 'C:\\a\\', name: 'b.json' });
    expect(splitPath('b.json')).toEqual({ folder: '', name: 'b.json' });
  });
  test('home becomes ~ and only home', () => {
    expect(shortenHome('/home/ada/.cursor/mcp.json')).toBe('~/.cursor/mcp.json');
    expect(shortenHome('/Users/ada/x')).toBe('~/x');
    expect(shortenHome('C:\\Users\\ada\\x')).toBe('~\\x');
    expect(shortenHome('/srv/home/ada/x')).toBe('/srv/home/ada/x');
  });
});

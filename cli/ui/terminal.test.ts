import { expect, test } from 'vitest';
import { createScreen } from '../../test/support/screen.ts';
import { createTerminal } from './terminal.ts';

const red = '\u001b[31m';

test.each([
  ['a terminal', { isTTY: true }, {}, true],
  ['a pipe', {}, {}, false],
  ['a pipe in a build server', {}, { CI: '1' }, false],
  ['NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR', { isTTY: true }, { NO_COLOR: '' }, true],
  ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false],
])('colours on %s', (_, options, env, coloured) => {
  const out = createScreen(options);
  createTerminal(out, createScreen(), env).line(['bad', 'red']);
  expect(out.text().includes(red)).toBe(coloured);
});

test('what a file or a server says cannot act on the terminal', () => {
  const out = createScreen({ isTTY: true });
  createTerminal(out, createScreen(), { NO_COLOR: '1' }).line('name: ', '\u001b]0;owned\u0007');
  expect(out.text()).toBe('name: \\u{1b}]0;owned\\u{7}\n');
});

test('only stdout decides how wide a line may be', () => {
  const wide = createTerminal(createScreen(), createScreen({ isTTY: true, columns: 40 }), {});
  const narrow = createTerminal(createScreen({ isTTY: true, columns: 40 }), createScreen(), {});
  const unknown = createTerminal(createScreen({ isTTY: true, columns: 0 }), createScreen(), {});
  const widths = [wide.width, narrow.width, unknown.width];
  expect(widths).toEqual([Number.POSITIVE_INFINITY, 40, 80]);
});

test('JSON is one document, or one line of a stream', () => {
  const out = createScreen();
  const terminal = createTerminal(out, createScreen(), {});
  terminal.json({ a: 'x\ny' }, true);
  terminal.json({ a: 1 });
  expect(out.text()).toBe('{"a":"x\\ny"}\n{\n  "a": 1\n}\n');
});

test('JSON on a terminal gives it no orders, and is the same JSON', () => {
  const text = 'a\u009b2Jb\u202ec\u2066d\u200be\u007f\u001b[2J';
  let said = '';
  const out = { isTTY: true, write: (part: string) => (said += part) };
  createTerminal(out, out, {}).json({ text }, true);
  expect(said).toMatch(/^[\x20-\x7e]*\n$/);
  expect(JSON.parse(said)).toEqual({ text });
});

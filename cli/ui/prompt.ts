/** Questions on a terminal. Only asked where a person sits: callers check that first. */
import type { ReadStream } from 'node:tty';
import { AppError } from '../../shared/errors.ts';
import { escapeText } from './escape.ts';
import type { Output } from './terminal.ts';

export interface Prompt {
  /** One line, not shown while typed when `hidden`. Fails with `interrupted`, or `bad_input` on several lines. */
  ask(label: string, options?: { readonly hidden?: boolean }): Promise<string>;
  /** `yes`, `y`, `no`, `n`; Enter means `usual`. */
  confirm(question: string, usual?: boolean): Promise<boolean>;
}

/** The part of a terminal's stdin that a question needs. */
export type Keys = Pick<
  ReadStream,
  'setRawMode' | 'setEncoding' | 'on' | 'off' | 'resume' | 'pause'
>;

export function createPrompt(keys: Keys, out: Output): Prompt {
  const ask: Prompt['ask'] = (label, { hidden = false } = {}) =>
    readLine(keys, out, { label: `${escapeText(label)} `, hidden });
  return {
    ask,
    async confirm(question, usual = false) {
      for (;;) {
        const answer = await ask(`${question} ${usual ? '[Y/n]' : '[y/N]'}`);
        const word = answer.trim().toLowerCase();
        if (word === '') return usual;
        if (word === 'y' || word === 'yes') return true;
        if (word === 'n' || word === 'no') return false;
      }
    },
  };
}

function readLine(
  keys: Keys,
  out: Output,
  { label, hidden }: { readonly label: string; readonly hidden: boolean },
): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed = '';
    const finish = (settle: () => void) => {
      keys.off('data', take);
      keys.setRawMode(false);
      keys.pause();
      out.write('\n');
      settle();
    };
    const take = (chunk: string) => {
      const result = typeKeys(typed, chunk);
      if (!hidden) out.write(echo(typed, result.typed));
      typed = result.typed;
      if (result.end === 'entered') finish(() => resolve(typed));
      else if (result.end === 'interrupted') finish(() => reject(interrupted()));
      else if (result.end === 'several-lines') finish(() => reject(severalLines()));
    };
    keys.setEncoding('utf8');
    keys.setRawMode(true);
    keys.on('data', take);
    keys.resume();
    // Only now: whoever types at once must not see the terminal echo it.
    out.write(label);
  });
}

interface Typed {
  readonly typed: string;
  readonly end?: 'entered' | 'interrupted' | 'several-lines';
}

const escapeKey = '\u001b';
/** Arrows and other keys without a letter, and the marks that terminals put around pasted text. */
const controlKeys = new RegExp(`${escapeKey}(\\[[0-9;]*[A-Za-z~]|O?.)`, 'g');

/** What a chunk of keys makes of a line. A chunk with text behind its end of line was pasted. */
export function typeKeys(before: string, chunk: string): Typed {
  const keys = [...chunk.replaceAll(controlKeys, '')];
  let typed = before;
  for (const [at, key] of keys.entries()) {
    if (key === '\u0003') return { typed, end: 'interrupted' };
    if (key === '\u0004') {
      if (typed === '') return { typed, end: 'interrupted' };
    } else if (key === '\r' || key === '\n') {
      const rest = keys.slice(at + 1).join('');
      return { typed, end: rest.trim() === '' ? 'entered' : 'several-lines' };
    } else if (key === '\u007f' || key === '\b') typed = [...typed].slice(0, -1).join('');
    else if (key === '\u0015') typed = '';
    else if (key >= ' ') typed += key;
  }
  return { typed };
}

/** What to print so that the screen shows `after` where it showed `before`. */
function echo(before: string, after: string): string {
  if (after.startsWith(before)) return escapeText(after.slice(before.length));
  return '\b \b'.repeat(Math.max(0, [...before].length - [...after].length));
}

function interrupted(): AppError {
  return new AppError('interrupted', 'Stopped. Nothing was changed.');
}

function severalLines(): AppError {
  return new AppError('bad_input', 'Several lines were pasted where one is asked for.', {
    hint: 'Give a value of several lines on stdin: `portcullis secrets set ID NAME < file`.',
  });
}

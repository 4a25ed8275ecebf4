import { describe, expect, test } from 'vitest';
import { Secret } from '../shared/secret.ts';
import { type ClipboardAccess, timeClipboard } from './clipboard.ts';

function memoryAccess() {
  let held = 'before';
  const access: ClipboardAccess = {
    write: async (text) => {
      held = text;
    },
    read: async () => held,
    clear: async () => {
      held = '';
    },
  };
  return { access, held: () => held };
}

function timed(access: ClipboardAccess) {
  const due: (() => void)[] = [];
  const clipboard = timeClipboard(access, (work, milliseconds) => {
    expect(milliseconds).toBe(30_000);
    due.push(work);
  });
  /** Lets the half minutes pass in order. */
  const pass = async () => {
    for (const work of due.splice(0)) work();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clipboard, pass };
}

describe('what is copied', () => {
  test('goes after half a minute', async () => {
    const { access, held } = memoryAccess();
    const { clipboard, pass } = timed(access);
    await clipboard.copy(new Secret('value'));
    expect([held(), clipboard.clearsAfter]).toEqual(['value', 30]);
    await pass();
    expect(held()).toBe('');
  });

  test('stays when the person has copied something else', async () => {
    const { access, held } = memoryAccess();
    const { clipboard, pass } = timed(access);
    await clipboard.copy(new Secret('value'));
    await access.write('a letter');
    await pass();
    expect(held()).toBe('a letter');
  });

  test('is not cut short by an earlier copy of the same value', async () => {
    const { access, held } = memoryAccess();
    const due: (() => void)[] = [];
    const clipboard = timeClipboard(access, (work) => void due.push(work));
    await clipboard.copy(new Secret('value'));
    await clipboard.copy(new Secret('value'));
    due[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(held()).toBe('value');
  });

  test('a clipboard that is gone by then is no error', async () => {
    const { access } = memoryAccess();
    const { clipboard, pass } = timed({ ...access, read: () => Promise.reject(new Error('gone')) });
    await clipboard.copy(new Secret('value'));
    await pass();
  });
});

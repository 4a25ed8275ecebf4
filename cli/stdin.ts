/** Text that is given on stdin. */
import { AppError } from '../shared/errors.ts';
import { words } from './words.ts';

/** Bytes; more than any secret or pasted configuration has. */
const most = 1_000_000;

/** Fails with `consent_needed` on a terminal, where waiting would look like hanging, and `bad_input`. */
export async function readStdin(): Promise<string> {
  if (process.stdin.isTTY)
    throw new AppError('consent_needed', words.stdin.terminal, { hint: words.stdin.hint });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : new Uint8Array(chunk);
    size += bytes.length;
    if (size > most)
      throw new AppError('bad_input', 'There is more than 1 MB on stdin.', {
        hint: 'Give only the value or the configuration itself.',
      });
    chunks.push(bytes);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new AppError('bad_input', 'What is on stdin is no UTF-8 text.', {
      hint: 'Save it as UTF-8 and try again.',
      cause,
    });
  }
}

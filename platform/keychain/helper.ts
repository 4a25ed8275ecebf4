/**
 * The process that holds the connection to the keychain, so that it can be killed when the keychain
 * hangs. One request at a time on stdin, answers on stdout; it ends with its parent.
 * Arguments: the path of the native library.
 */
import { emptyCoreDumps } from '../core-dumps.ts';
import { classifyFailure } from './failures.ts';
import { createFrameReader, encodeFrame } from './frames.ts';
import { openItems } from './items.ts';
import { deleteParts, type RawItems, readParts, writeParts } from './parts.ts';
import type { HelperAnswer, HelperRequest } from './protocol.ts';

async function answerRequest(items: RawItems, request: HelperRequest): Promise<HelperAnswer> {
  try {
    if (request.task === 'set') {
      await writeParts(items, request.account, request.value, request.longest);
      return { kind: 'done', there: true };
    }
    if (request.task === 'delete') {
      return { kind: 'done', there: await deleteParts(items, request.account) };
    }
    const value = await readParts(items, request.account);
    return value === undefined ? { kind: 'value' } : { kind: 'value', value };
  } catch (cause) {
    return { kind: 'failed', reason: classifyFailure(cause) };
  }
}

function send(answer: HelperAnswer): void {
  process.stdout.write(encodeFrame(answer));
}

/** A pending unlock window holds a thread that `process.exit` would wait for. */
function leave(): never {
  process.kill(process.pid, 'SIGKILL');
  return process.exit(1);
}

emptyCoreDumps();
const [library = ''] = process.argv.slice(2);
let connected = false;
const items = openItems({
  library,
  onConnected: () => {
    if (!connected) send({ kind: 'connected' });
    connected = true;
  },
});
const read = createFrameReader((message) => {
  connected = false;
  // The pipe is our parent's alone, and checking here would double the time to start.
  void answerRequest(items, message as HelperRequest).then(send);
});
process.stdin.on('data', read);
process.stdin.on('end', leave);
process.stdin.on('error', leave);
process.stdout.on('error', leave);

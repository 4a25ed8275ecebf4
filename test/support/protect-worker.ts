/**
 * The protect job in a process of its own, to be killed or broken: the application as the command line
 * composes it, with real files and the system's keychain, behind the seam. `PORTCULLIS_SEAM` is the
 * plan. With `PORTCULLIS_STOP_AT_SET=2` it says `waiting` before the second item is stored and goes on
 * when a byte comes on stdin. Prints one line of JSON at its end.
 */
import { createRouterClient } from '@orpc/server';
import { describeFailure } from '../../cli/failure.ts';
import { createApp } from '../../core/app.ts';
import { createRouter } from '../../core/handlers.ts';
import type { Keychain } from '../../core/ports.ts';
import { createAppPorts } from '../../platform/app-ports.ts';
import { createSeam, readSeamPlan } from './faulty-files.ts';
import { finish, protectAll } from './memory-app.ts';

const stopAt = Number(process.env.PORTCULLIS_STOP_AT_SET ?? 0);

function stopping(keychain: Keychain): Keychain {
  let sets = 0;
  return {
    ...keychain,
    async set(account, value) {
      if (!account.startsWith(':')) sets += 1;
      if (sets === stopAt && !account.startsWith(':')) {
        process.stdout.write('waiting\n');
        await new Promise((resolve) => process.stdin.once('data', resolve));
      }
      await keychain.set(account, value);
    },
  };
}

const [folder = '', version = '', task = ''] = process.argv.slice(2);
const { node: nodeVersion } = process.versions;
const ports = createAppPorts({
  parts: { launcher: folder, node: process.execPath, nodeVersion },
  version,
  who: 'command line',
  watches: false,
});
const seam = createSeam(
  { files: ports.files, keychain: stopAt === 0 ? ports.keychain : stopping(ports.keychain) },
  readSeamPlan(process.env),
);
const app = createApp({ ...ports, files: seam.files, keychain: seam.keychain });
const api = createRouterClient(createRouter(app));

async function act(): Promise<unknown> {
  if (task === 'undo') {
    const { basis, run } = await api.protect.planUndo({});
    return finish(await api.protect.undo({ basis, run: run.id }));
  }
  return protectAll({ api });
}

const answer = await act().then(
  (result) => ({ result }),
  (thrown: unknown) => ({ error: describeFailure(thrown) }),
);
const calls = seam.calls.map(({ method }) => method);
process.stdout.write(`${JSON.stringify({ calls, ...answer })}\n`, () => process.exit(0));

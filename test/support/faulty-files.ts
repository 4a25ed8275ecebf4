/**
 * The one seam that crash and fault tests go through: every call on the Files and Keychain ports is
 * numbered (from 1, over both), and one of them can fail, be done by half, or be the last thing that
 * the process does. `PORTCULLIS_SEAM=kill@7` gives the plan to another process (`readSeamPlan`).
 */
import type { Files, Keychain } from '../../core/ports.ts';
import { type Attempt, describeFileError } from '../../platform/file-errors.ts';
import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';

export const errnos = [
  'ENOSPC',
  'EACCES',
  'EPERM',
  'EROFS',
  'EIO',
  'EMFILE',
  'EBUSY',
  'ENOENT',
] as const;

export const keychainFaults = [
  'keychain_locked',
  'keychain_denied',
  'keychain_unavailable',
  'keychain_timeout',
  /** `set` answers ok and keeps nothing. */
  'lost-set',
  /** `get` finds nothing. */
  'empty-get',
  /** `get` answers another value. */
  'other-get',
] as const;

export const acts = [
  ...errnos,
  ...keychainFaults,
  /** Half of the bytes are written, then the disk is full. */
  'short-write',
  /** SIGKILL to this process after the call. */
  'kill',
  /** SIGKILL in the middle of a write. */
  'kill-torn',
  /** Like `kill` without ending the process: this call is done, none after it does anything. */
  'halt',
] as const;

export type SeamAct = (typeof acts)[number];

export interface SeamPlan {
  readonly act: SeamAct;
  /** The number of the call that it happens at. */
  readonly at: number;
  /** All later calls fail in the same way: the disk stays full, the keychain stays locked. */
  readonly lasting?: boolean;
}

export interface SeamCall {
  readonly number: number;
  readonly port: 'files' | 'keychain';
  readonly method: string;
  /** Path or account. */
  readonly subject: string;
}

export interface Seam {
  readonly files: Files;
  readonly keychain: Keychain;
  /** What was called until now, in order. */
  readonly calls: readonly SeamCall[];
  /** Whether the plan came to anything: a lost set at a file call does not. */
  fired(): boolean;
}

interface Step<T> {
  readonly port: SeamCall['port'];
  readonly method: string;
  readonly subject: string;
  readonly attempt: Attempt;
  readonly work: () => Promise<T>;
  /** Does half of a write. */
  readonly half?: (() => Promise<void>) | undefined;
  /** Takes back what a failed write must not leave. */
  readonly clear?: (() => Promise<void>) | undefined;
  /** What the call answers when the plan says that the keychain lies. */
  readonly lies?: Partial<Record<SeamAct, () => Promise<T>>>;
}

type Walk = <T>(step: Step<T>) => Promise<T>;

/** `kill@7`, `ENOSPC@3`, `keychain_locked@5+` (from the fifth on) from `PORTCULLIS_SEAM`. */
export function readSeamPlan(
  env: Readonly<Record<string, string | undefined>>,
): SeamPlan | undefined {
  const text = env.PORTCULLIS_SEAM;
  if (text === undefined) return undefined;
  const [, name, at, plus] = /^([\w-]+)@(\d+)(\+?)$/.exec(text) ?? [];
  const act = acts.find((each) => each === name);
  if (act === undefined) throw new Error(`PORTCULLIS_SEAM=${text} is no plan.`);
  return { act, at: Number(at), lasting: plus === '+' };
}

/** Wraps both ports; without a plan it only counts. */
export function createSeam(ports: Pick<Seam, 'files' | 'keychain'>, plan?: SeamPlan): Seam {
  const calls: SeamCall[] = [];
  let fired = false;
  const walk: Walk = async (step) => {
    const { port, method, subject } = step;
    const number = calls.push({ number: calls.length + 1, port, method, subject });
    if (plan === undefined || number < plan.at) return step.work();
    if (plan.act === 'halt' && number > plan.at)
      throw new Error('The process would be dead by now.');
    if (number > plan.at && plan.lasting !== true) return step.work();
    const happens = happening(step, plan.act);
    if (happens === undefined) return step.work();
    fired = true;
    return happens();
  };
  return {
    files: wrapFiles(ports.files, walk),
    keychain: wrapKeychain(ports.keychain, walk),
    calls,
    fired: () => fired,
  };
}

/** What happens instead of the call; undefined where the act means nothing for it. */
function happening<T>(step: Step<T>, act: SeamAct): (() => Promise<T>) | undefined {
  const { half } = step;
  if (act === 'halt') return step.work;
  if (act === 'kill') return () => step.work().then(die, die);
  if (act === 'kill-torn') return half && (() => half().then(die));
  if (act === 'short-write') {
    return (
      half &&
      (() =>
        half()
          .then(step.clear)
          .then(() => fail(step, 'ENOSPC')))
    );
  }
  if (act.startsWith('keychain_')) {
    return step.port === 'keychain' ? () => fail(step, act) : undefined;
  }
  if (keychainFaults.some((fault) => fault === act)) return step.lies?.[act];
  return () => fail(step, act);
}

function fail(step: Pick<Step<unknown>, 'port' | 'subject' | 'attempt'>, act: SeamAct): never {
  if (step.port === 'keychain') {
    const code = keychainCodes.find((each) => each === act) ?? 'keychain_unavailable';
    throw new AppError(code, 'The keychain failed (injected).', { hint: 'Only a test.' });
  }
  const cause = Object.assign(new Error(act), { code: act });
  throw describeFileError(cause, step.subject, step.attempt);
}

const keychainCodes = [
  'keychain_locked',
  'keychain_denied',
  'keychain_unavailable',
  'keychain_timeout',
] as const;

function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

function wrapFiles(files: Files, walk: Walk): Files {
  const step =
    (attempt: Attempt) =>
    <T>(
      method: string,
      subject: string,
      work: () => Promise<T>,
      half?: () => Promise<void>,
      clear?: () => Promise<void>,
    ) =>
      walk({ port: 'files', method, subject, attempt, work, half, clear });
  const read = step('read');
  const write = step('write');
  return {
    stat: (path) => read('stat', path, () => files.stat(path)),
    lstat: (path) => read('lstat', path, () => files.lstat(path)),
    realpath: (path) => read('realpath', path, () => files.realpath(path)),
    read: (path, options) => read('read', path, () => files.read(path, options)),
    list: (path) => read('list', path, () => files.list(path)),
    freeSpace: (path) => read('freeSpace', path, () => files.freeSpace(path)),
    makeFolder: (path, options) => write('makeFolder', path, () => files.makeFolder(path, options)),
    createExclusive: (path, bytes, mode) =>
      write(
        'createExclusive',
        path,
        () => files.createExclusive(path, bytes, mode),
        () => files.createExclusive(path, firstHalf(bytes), mode),
        () => files.remove(path),
      ),
    overwrite: (path, bytes, same) =>
      write(
        'overwrite',
        path,
        () => files.overwrite(path, bytes, same),
        () => overwriteHalf(files, path, bytes),
      ),
    append: (path, bytes, options) =>
      write(
        'append',
        path,
        () => files.append(path, bytes, options),
        () => files.append(path, firstHalf(bytes), options),
      ),
    rename: (from, to) => write('rename', to, () => files.rename(from, to)),
    syncFolder: (path) => write('syncFolder', path, () => files.syncFolder(path)),
    remove: (path) => write('remove', path, () => files.remove(path)),
    removeFolder: (path) => write('removeFolder', path, () => files.removeFolder(path)),
    setMode: (path, mode) => write('setMode', path, () => files.setMode(path, mode)),
    hasAccessList: (path) => files.hasAccessList(path),
    checkWritable: (path) => write('checkWritable', path, () => files.checkWritable(path)),
    // The call is over when the lock is held, so that a kill comes with the lock in hand.
    async withLock(path, work, options) {
      let entered = false;
      const locked = () =>
        files.withLock(
          path,
          async () => {
            entered = true;
            await write('withLock', path, async () => undefined);
            return work();
          },
          options,
        );
      try {
        return await locked();
      } catch (cause) {
        if (!entered) await write('withLock', path, () => Promise.reject(cause));
        throw cause;
      }
    },
  };
}

function wrapKeychain(keychain: Keychain, walk: Walk): Keychain {
  const step = <T>(
    method: string,
    subject: string,
    work: () => Promise<T>,
    lies?: Step<T>['lies'],
  ) => walk({ port: 'keychain', method, subject, attempt: 'write', work, ...(lies && { lies }) });
  return {
    get: (account) =>
      step('get', account, () => keychain.get(account), {
        'empty-get': async () => undefined,
        'other-get': async () => new Secret('another value'),
      }),
    set: (account, value) =>
      step('set', account, () => keychain.set(account, value), {
        'lost-set': async () => undefined,
      }),
    delete: (account) => step('delete', account, () => keychain.delete(account)),
    status: () => step('status', '', () => keychain.status()),
    reconnect: () => step('reconnect', '', () => keychain.reconnect()),
  };
}

function firstHalf(bytes: Uint8Array): Uint8Array {
  return bytes.slice(0, Math.floor(bytes.byteLength / 2));
}

/** In place: what was not reached yet is still the old text. */
async function overwriteHalf(files: Files, path: string, bytes: Uint8Array): Promise<void> {
  const old = await files.read(path);
  const half = firstHalf(bytes);
  await files.overwrite(path, Buffer.concat([half, old.slice(half.byteLength)]));
}

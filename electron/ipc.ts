/**
 * The few calls beside the contract that a window may make of its shell. Each is a row, and all go
 * through one wrapper: the main frame of a window of ours, arguments of the right shape and size, and
 * not too many.
 */
import type { IpcMainInvokeEvent, WebFrameMain } from 'electron';
import { createAllowance } from './limits.ts';
import { type ElectronParts, isOurAddress } from './parts.ts';

export interface Channel {
  readonly name: string;
  /** Whether these are the arguments of this call, and no more. */
  readonly accepts: (args: readonly unknown[]) => boolean;
  readonly answer: (args: readonly unknown[], caller: Caller) => unknown;
  /** UTF-16 code units of all arguments together, where the usual few do not do. */
  readonly most?: number;
}

export interface Caller {
  readonly frame: WebFrameMain;
  /** Of the window's contents. */
  readonly id: number;
}

const mostArguments = 4096;
const usual = { burst: 50, perSecond: 20 };

export function openChannels(
  { ipcMain }: Pick<ElectronParts, 'ipcMain'>,
  channels: readonly Channel[],
  isOurs: (id: number) => boolean,
  now: () => number,
): void {
  for (const { name, accepts, answer, most = mostArguments } of channels) {
    const allowance = createAllowance(usual, now);
    ipcMain.handle(name, (event, ...args: unknown[]) => {
      const caller = findCaller(event, isOurs);
      const isGood =
        caller !== undefined && allowance.take() && isSmall(args, most) && accepts(args);
      // One sentence for all: a stranger learns nothing, and our own page never hears it.
      if (!isGood) throw new Error('Refused.');
      return answer(args, caller);
    });
  }
}

/** The sender when it is the main frame of a window of ours and shows our page. */
export function findCaller(
  { sender, senderFrame }: Pick<IpcMainInvokeEvent, 'sender' | 'senderFrame'>,
  isOurs: (id: number) => boolean,
): Caller | undefined {
  if (senderFrame === null || senderFrame !== sender.mainFrame) return undefined;
  if (senderFrame.parent !== null || !isOurAddress(senderFrame.url)) return undefined;
  return isOurs(sender.id) ? { frame: senderFrame, id: sender.id } : undefined;
}

function isSmall(args: readonly unknown[], most: number): boolean {
  try {
    return (JSON.stringify(args) ?? '').length <= most;
  } catch {
    return false;
  }
}

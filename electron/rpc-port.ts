/** The contract over a message port: one port for each window, closed when its page goes. */

import { RPCHandler } from '@orpc/server/message-port';
import type { MessagePortMain, WebFrameMain } from 'electron';
import type { AppRouter } from '../core/handlers.ts';
import { createAllowance, mostMessageBytes, sizeOf } from './limits.ts';
import type { ElectronParts } from './parts.ts';
import { isCall } from './rpc-message.ts';

export interface PortDesk {
  /** Gives a page its port; the one that its window had before is closed. */
  hand(frame: Pick<WebFrameMain, 'postMessage'>, window: number): void;
  close(window: number): void;
  closeAll(): void;
}

/** A screen asks a dozen things at once; a run tells one thing at a time. */
const usual = { burst: 300, perSecond: 100 };

export function createPortDesk(
  { MessageChannelMain }: Pick<ElectronParts, 'MessageChannelMain'>,
  router: AppRouter,
  now: () => number,
): PortDesk {
  const handler = new RPCHandler(router);
  const ports = new Map<number, MessagePortMain>();
  const close = (window: number) => {
    ports.get(window)?.close();
    ports.delete(window);
  };
  return {
    hand: (frame, window) => {
      close(window);
      const { port1, port2 } = new MessageChannelMain();
      ports.set(window, port1);
      handler.upgrade(guardPort(port1, now));
      port1.start();
      frame.postMessage('portcullis:port', null, [port2]);
    },
    close,
    closeAll: () => {
      for (const window of [...ports.keys()]) close(window);
    },
  };
}

interface Guarded {
  on(event: string, callback: (event?: { data: unknown }) => void): void;
  postMessage(data: unknown): void;
}

/** A port that closes at the first message that is too large, too early or of a strange kind. */
export function guardPort(
  port: Pick<MessagePortMain, 'on' | 'close' | 'postMessage'>,
  now: () => number,
): Guarded {
  const allowance = createAllowance(usual, now);
  let isOpen = true;
  return {
    on: (event, callback) => {
      if (event === 'close') port.on('close', () => callback());
      if (event !== 'message') return;
      port.on('message', ({ data }) => {
        if (!isOpen) return;
        isOpen = sizeOf(data) <= mostMessageBytes && allowance.take() && isCall(data);
        if (isOpen) callback({ data });
        else port.close();
      });
    },
    postMessage: (data) => {
      if (isOpen) port.postMessage(data);
    },
  };
}

/** `WebFrameMain` of a window's page, and the wire between it and the preload. */
import type { CDPSession } from 'playwright-core';
import { ipcMain } from './ipc-main.ts';
import type { MessagePortMain } from './ports.ts';
import { fromChromium } from './protocol.ts';

export class WebFrameMain {
  readonly parent = null;
  url = '';
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }
  postMessage(channel: string, value: unknown, ports: readonly MessagePortMain[] = []): void {
    const ids = ports.map((port) => this.#wire.give(port));
    this.#wire.send({ what: 'send', channel, value, ports: ids });
  }
}

/** Messages between the main process and one preload. */
export class Wire {
  readonly #ports = new Map<number, MessagePortMain>();
  #cdp: CDPSession | undefined;
  #context: number | undefined;
  #last = 0;

  async attach(cdp: CDPSession, answer: (message: Invocation) => void): Promise<void> {
    this.#cdp = cdp;
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name === 'preload') this.#context = context.id;
    });
    cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      if (executionContextId === this.#context) this.#closeAll();
    });
    cdp.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name === '__standInPreload') this.#receive(JSON.parse(payload), answer);
    });
    await cdp.send('Runtime.enable');
    await cdp.send('Runtime.addBinding', {
      name: '__standInPreload',
      executionContextName: 'preload',
    });
  }

  give(port: MessagePortMain): number {
    this.#last += 1;
    const id = this.#last;
    this.#ports.set(id, port);
    port.giveAway((data) => this.send({ what: 'port', id, data }));
    port.on('close', () => {
      if (this.#ports.delete(id)) this.send({ what: 'port-closed', id });
    });
    return id;
  }

  send(message: object): void {
    if (this.#context === undefined) return;
    const text = JSON.stringify(JSON.stringify(message));
    const expression = `__standInReceive(${text})`;
    // A page that goes meanwhile hears nothing, as with the real one.
    this.#cdp
      ?.send('Runtime.evaluate', { expression, contextId: this.#context })
      .catch(() => undefined);
  }

  #receive(message: Invocation | PortMessage, answer: (message: Invocation) => void): void {
    if (message.what === 'invoke') {
      answer(message);
      return;
    }
    const port = this.#ports.get(message.id);
    port?.postMessage(message.data);
  }

  #closeAll(): void {
    this.#context = undefined;
    const ports = [...this.#ports.values()];
    this.#ports.clear();
    for (const port of ports) port.close();
  }
}

export interface Invocation {
  readonly what: 'invoke';
  readonly id: number;
  readonly channel: string;
  readonly args: readonly unknown[];
}

interface PortMessage {
  readonly what: 'port';
  readonly id: number;
  readonly data: unknown;
}

/** Carries one `invoke` to its handler and the answer back. */
export async function answerInvocation(
  { id, channel, args }: Invocation,
  wire: Wire,
  event: { sender: unknown; senderFrame: WebFrameMain },
): Promise<void> {
  try {
    const value = await ipcMain.call(channel, event, args);
    wire.send({ what: 'answer', id, value });
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.toString() : String(thrown);
    wire.send({
      what: 'answer',
      id,
      error: `Error invoking remote method '${channel}': ${reason}`,
    });
  }
}

export function addressOf(url: string): string {
  return fromChromium(url);
}

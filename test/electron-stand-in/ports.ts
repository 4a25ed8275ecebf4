/** `MessageChannelMain`: two ends in this process, one of which may be given to a page. */
import { EventEmitter } from 'node:events';

export class MessagePortMain extends EventEmitter {
  #other: MessagePortMain | undefined;
  #send: ((data: unknown) => void) | undefined;
  #waiting: unknown[] | undefined = [];
  #isClosed = false;

  join(other: MessagePortMain): void {
    this.#other = other;
  }
  /** From now on what arrives here goes to a page. */
  giveAway(send: (data: unknown) => void): void {
    this.#send = send;
    this.start();
  }
  postMessage(data: unknown): void {
    if (!this.#isClosed) this.#other?.receive(structuredClone(data));
  }
  receive(data: unknown): void {
    if (this.#waiting !== undefined) this.#waiting.push(data);
    else if (this.#send !== undefined) this.#send(data);
    else setImmediate(() => this.emit('message', { data, ports: [] }));
  }
  start(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const data of waiting) this.receive(data);
  }
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.emit('close');
    this.#other?.close();
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain();
  readonly port2 = new MessagePortMain();

  constructor() {
    this.port1.join(this.port2);
    this.port2.join(this.port1);
  }
}

/** `session`: the one session, with the handlers that decide what pages may. */
import { EventEmitter } from 'node:events';
import { app, isReady } from './app.ts';

type Answer = (value: boolean) => void;
type RequestHandler = (
  details: { url: string; resourceType: string },
  answer: (response: { cancel?: boolean }) => void,
) => void;

class Session extends EventEmitter {
  #request: RequestHandler | undefined;
  #permission: ((contents: unknown, permission: string, answer: Answer) => void) | undefined;
  readonly handlers = new Set<string>();
  readonly webRequest = {
    onBeforeRequest: (handler: RequestHandler) => {
      this.#request = handler;
    },
  };

  setPermissionRequestHandler(
    handler: (contents: unknown, permission: string, answer: Answer) => void,
  ): void {
    this.#permission = handler;
  }
  setPermissionCheckHandler(_handler: () => boolean): void {
    this.handlers.add('check');
  }
  setDevicePermissionHandler(_handler: () => boolean): void {
    this.handlers.add('device');
  }
  setDisplayMediaRequestHandler(_handler: unknown): void {
    this.handlers.add('display');
  }
  setSpellCheckerEnabled(_on: boolean): void {}

  /** Whether a request goes out; without a handler all do, as in the real one. */
  mayRequest(url: string, resourceType: string): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#request === undefined) return resolve(true);
      this.#request({ url, resourceType }, ({ cancel }) => resolve(cancel !== true));
    });
  }
  /** Without a handler every permission is given, as in the real one. */
  mayHave(permission: string, contents: unknown): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#permission === undefined) return resolve(true);
      this.#permission(contents, permission, resolve);
    });
  }
}

const only = new Session();
let isAnnounced = false;

export const session = {
  get defaultSession(): Session {
    if (!isReady()) throw new Error('Session can only be received when app is ready');
    if (!isAnnounced) {
      isAnnounced = true;
      app.emit('session-created', only);
    }
    return only;
  },
};

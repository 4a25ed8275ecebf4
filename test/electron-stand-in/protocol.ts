/**
 * `protocol`: a scheme of the app's own. Chromium gets it as a name below `localhost`, which is a secure
 * context too; addresses are turned back before anybody of ours sees them.
 */
import { isReady } from './app.ts';
import { checkPrivileges } from './strict.ts';

type Handler = (request: Request) => Response | Promise<Response>;

const handlers = new Map<string, Handler>();
const registered = new Set<string>();

export const protocol = {
  registerSchemesAsPrivileged: (
    schemes: readonly { scheme: string; privileges?: Readonly<Record<string, unknown>> }[],
  ) => {
    if (isReady())
      throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    checkPrivileges(schemes);
    for (const { scheme } of schemes) registered.add(scheme);
  },
  handle: (scheme: string, handler: Handler) => {
    if (!registered.has(scheme)) throw new Error(`Stand-in: ${scheme} is not registered.`);
    if (handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    handlers.set(scheme, handler);
  },
};

/** `app://bundle/x` as Chromium is asked for it. */
export function toChromium(url: string): string {
  const match = /^([a-z]+):\/\/([^/?#]*)(.*)$/.exec(url);
  if (match === null || !registered.has(match[1] ?? '')) return url;
  return `http://${match[2]}.${match[1]}.localhost${match[3] || '/'}`;
}

export function fromChromium(url: string): string {
  const match = /^http:\/\/([^./]+)\.([a-z]+)\.localhost(\/.*)?$/.exec(url);
  if (match === null || !registered.has(match[2] ?? '')) return url;
  return `${match[2]}://${match[1]}${match[3] ?? '/'}`;
}

/** Undefined when the scheme is none of ours. */
export async function answerFor(url: string, method: string): Promise<Response | undefined> {
  const handler = handlers.get(url.split(':')[0] ?? '');
  if (handler === undefined) return undefined;
  // A real Request keeps the address of a scheme it does not know as it is.
  return handler(new Request(url, { method }));
}

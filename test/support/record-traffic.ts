/** Records what crosses a door towards the window, so that it can be searched for planted values. */
import type { CDPSession, ElectronApplication, Page } from '@playwright/test';
import { formsOf } from './search-bytes.ts';

export interface Traffic {
  /** Everything towards the page so far: heads, bodies and parts of streams, or messages of ports. */
  readonly outwards: readonly Buffer[];
  /** How many calls the page made. */
  readonly calls: () => number;
}

/** Everything that Chromium receives for this page, streams included, by its own inspector. */
export async function recordHttp(page: Page): Promise<Traffic> {
  const outwards: Buffer[] = [];
  let calls = 0;
  const cdp = await page.context().newCDPSession(page);
  cdp.on('Network.requestWillBeSent', ({ request }) => {
    if (request.url.includes('/rpc/')) calls += 1;
  });
  cdp.on('Network.responseReceivedExtraInfo', ({ headers }) => {
    outwards.push(Buffer.from(JSON.stringify(headers)));
  });
  cdp.on('Network.dataReceived', ({ data }) => {
    if (data !== undefined) outwards.push(Buffer.from(data, 'base64'));
  });
  cdp.on('Network.responseReceived', ({ requestId, response }) => {
    outwards.push(Buffer.from(response.url));
    void streamBody(cdp, requestId, outwards);
  });
  await cdp.send('Network.enable');
  return { outwards, calls: () => calls };
}

async function streamBody(cdp: CDPSession, requestId: string, into: Buffer[]): Promise<void> {
  try {
    const { bufferedData } = await cdp.send('Network.streamResourceContent', { requestId });
    into.push(Buffer.from(bufferedData, 'base64'));
  } catch {
    // It ended before; then the whole of it is still there.
    const whole = await cdp.send('Network.getResponseBody', { requestId }).catch(() => undefined);
    if (whole !== undefined)
      into.push(Buffer.from(whole.body, whole.base64Encoded ? 'base64' : 'utf8'));
  }
}

/** Every message that a port hands to the page. Loads the page anew, so that the first one counts too. */
export async function recordPorts(app: ElectronApplication, page: Page): Promise<Traffic> {
  const outwards: Buffer[] = [];
  let calls = 0;
  await page.exposeFunction(
    'heardFromDoor',
    (text: string) => void outwards.push(Buffer.from(text)),
  );
  await page.exposeFunction('toldToDoor', () => {
    calls += 1;
  });
  await app.context().addInitScript(`(() => {
    const textOf = (data) => typeof data === 'string' ? data
      : data instanceof Blob ? '' : new TextDecoder('latin1').decode(data);
    const listen = MessagePort.prototype.addEventListener;
    MessagePort.prototype.addEventListener = function (type, listener, ...rest) {
      if (type === 'message')
        listen.call(this, 'message', ({ data }) => window.heardFromDoor(textOf(data)));
      return listen.call(this, type, listener, ...rest);
    };
    const tell = MessagePort.prototype.postMessage;
    MessagePort.prototype.postMessage = function (...args) {
      window.toldToDoor();
      return tell.apply(this, args);
    };
  })()`);
  await page.reload();
  return { outwards, calls: () => calls };
}

/** Names of the values of which any form crossed. */
export function valuesIn(
  { outwards }: Pick<Traffic, 'outwards'>,
  values: Readonly<Record<string, string>>,
): readonly string[] {
  // Joined, because a value may be cut where a stream was.
  const all = Buffer.concat(outwards);
  return Object.entries(values)
    .filter(([, value]) => formsOf(value).some(({ bytes }) => all.includes(bytes)))
    .map(([name]) => name);
}

/** `webContents`: a page of Chromium with the events and refusals of Electron's. */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { CDPSession, Page, Route } from 'playwright-core';
import { app } from './app.ts';
import { openChromium } from './chromium.ts';
import { addressOf, answerInvocation, WebFrameMain, Wire } from './frame.ts';
import { inPage, inPreload } from './page-side.mjs';
import { answerFor, toChromium } from './protocol.ts';
import { session } from './session.ts';
import type { StandInPreferences } from './strict.ts';

type OpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' };

let lastId = 0;

export class WebContents extends EventEmitter {
  readonly id: number;
  readonly session = session.defaultSession;
  readonly mainFrame: WebFrameMain;
  readonly preferences: StandInPreferences;
  readonly opened: Promise<Page>;
  targetId: string | undefined;
  #page: Page | undefined;
  readonly #wire = new Wire();
  #openHandler: OpenHandler = () => ({ action: 'allow' });
  /** The address that `loadURL` asked for: only that one is no navigation of the page's own. */
  #loading: string | undefined;
  #isDestroyed = false;

  constructor(preferences: StandInPreferences) {
    super();
    lastId += 1;
    this.id = lastId;
    this.preferences = preferences;
    this.mainFrame = new WebFrameMain(this.#wire);
    this.opened = this.#open();
    app.emit('web-contents-created', {}, this);
  }

  getLastWebPreferences(): StandInPreferences {
    return this.preferences;
  }
  getURL(): string {
    return this.mainFrame.url;
  }
  isDestroyed(): boolean {
    return this.#isDestroyed;
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }
  async executeJavaScript(code: string): Promise<unknown> {
    return (await this.opened).evaluate(code);
  }
  async loadURL(url: string): Promise<void> {
    const page = await this.opened;
    this.#loading = url;
    await page.goto(toChromium(url), { waitUntil: 'domcontentloaded' });
    this.emit('stand-in-shown');
  }
  async destroy(): Promise<void> {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    const page = await this.opened.catch(() => undefined);
    await page?.close().catch(() => undefined);
    this.emit('destroyed');
  }

  async #open(): Promise<Page> {
    const context = await openChromium();
    const page = await context.newPage();
    this.#page = page;
    const cdp = await context.newCDPSession(page);
    const { targetInfo } = await cdp.send('Target.getTargetInfo');
    this.targetId = targetInfo.targetId;
    await this.#prepare(cdp);
    await page.route('**/*', (route) => this.#serve(route));
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) this.mainFrame.url = addressOf(frame.url());
    });
    page.on('popup', (popup) => void this.#judgePopup(popup));
    page.on('crash', () => this.emit('render-process-gone', {}, { reason: 'crashed' }));
    return page;
  }

  async #prepare(cdp: CDPSession): Promise<void> {
    await this.#wire.attach(cdp, (message) => {
      const event = { sender: this, senderFrame: this.mainFrame };
      void answerInvocation(message, this.#wire, event);
    });
    cdp.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name === '__standInPage') void this.#answerPage(cdp, JSON.parse(payload));
    });
    await cdp.send('Page.enable');
    await cdp.send('Runtime.addBinding', { name: '__standInPage' });
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: `(${inPage})()` });
    const { preload, additionalArguments = [] } = this.preferences;
    if (preload === undefined) return;
    const text = JSON.stringify(readFileSync(preload, 'utf8'));
    const argv = JSON.stringify(['electron', ...additionalArguments]);
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', {
      source: `(${inPreload})(${text}, ${argv})`,
      worldName: 'preload',
    });
  }

  async #answerPage(cdp: CDPSession, { what, detail }: PageQuestion): Promise<void> {
    if (what === 'open') return this.#judgeOpen(detail);
    const { permission, id } = detail;
    const isGiven = await this.session.mayHave(permission, this);
    await cdp.send('Runtime.evaluate', { expression: `__standInAnswer(${id}, ${isGiven})` });
  }

  #judgeOpen(url: string): void {
    if (this.#openHandler({ url }).action === 'allow')
      throw new Error('Stand-in: windows that pages open are not shown.');
    this.emit('stand-in-open-denied', url);
  }

  async #judgePopup(popup: Page): Promise<void> {
    this.#judgeOpen(popup.url());
    await popup.close();
  }

  async #serve(route: Route): Promise<void> {
    const request = route.request();
    const url = addressOf(request.url());
    const isDocument = request.isNavigationRequest();
    if (isDocument && this.#isRefused(url, request.frame() === this.#page?.mainFrame()))
      return route.abort('aborted');
    if (!(await this.session.mayRequest(url, isDocument ? 'mainFrame' : request.resourceType())))
      return route.abort('blockedbyclient');
    const response = await answerFor(url, request.method());
    if (response === undefined) return route.continue();
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  }

  /** Asks the listeners about a navigation, unless `loadURL` has asked for it. */
  #isRefused(url: string, isMainFrame: boolean): boolean {
    const isAsked = isMainFrame && url === this.#loading;
    this.#loading = isMainFrame ? undefined : this.#loading;
    let isRefused = false;
    const event = {
      url,
      isMainFrame,
      isSameDocument: false,
      preventDefault: () => {
        isRefused = true;
      },
    };
    if (!isAsked) {
      this.emit('will-frame-navigate', event);
      if (isMainFrame) this.emit('will-navigate', event);
    }
    if (!isRefused) this.emit('did-start-navigation', event);
    return isRefused;
  }
}

type PageQuestion =
  | { readonly what: 'open'; readonly detail: string }
  | {
      readonly what: 'permission';
      readonly detail: { readonly permission: string; readonly id: number };
    };

/** The real Chromium behind the stand-in's windows, started once and only when somebody needs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type BrowserContext, chromium } from 'playwright-core';

const program = process.env.PORTCULLIS_CHROMIUM ?? '/usr/bin/chromium';
const args = [
  '--headless',
  '--no-startup-window',
  '--remote-debugging-port=0',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

let running:
  | { readonly child: ChildProcess; readonly context: Promise<BrowserContext> }
  | undefined;

/** The one context with all windows. Prints where it listens, as Electron does. */
export function openChromium(): Promise<BrowserContext> {
  running ??= start();
  return running.context;
}

function start() {
  const profile = mkdtempSync(join(tmpdir(), 'stand-in-'));
  const child = spawn(program, [...args, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  process.on('exit', () => {
    child.kill('SIGKILL');
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  return { child, context: findAddress(child).then(connect) };
}

function findAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`Chromium ended (${code}).`)));
    if (child.stderr === null) throw new Error('Chromium has no stderr.');
    createInterface({ input: child.stderr }).on('line', (line) => {
      const found = /^DevTools listening on (ws:\/\/.*)$/.exec(line)?.[1];
      if (found === undefined) return;
      process.stderr.write(`${line}\n`);
      resolve(found);
    });
  });
}

async function connect(address: string): Promise<BrowserContext> {
  const browser = await chromium.connectOverCDP(address);
  const [context] = browser.contexts();
  if (context === undefined) throw new Error('Chromium has no context.');
  return context;
}

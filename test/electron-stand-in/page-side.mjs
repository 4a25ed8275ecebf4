/**
 * What runs inside a page of the stand-in: `inPage` in the page's own world, `inPreload` in a world of
 * its own, which the page cannot reach. The two talk by events with text in them and nothing else.
 * Both are sent to Chromium as source, so they refer to nothing outside themselves.
 */

/** The far side of `contextBridge`: makes what the preload exposes, frozen, from a description. */
export function inPage() {
  if (window !== window.top) return;
  const pending = new Map();
  let last = 0;
  const call = (path, args) => {
    last += 1;
    const id = last;
    const promise = new Promise((resolve, reject) => pending.set(id, { resolve, reject }));
    let now;
    const take = (event) => {
      const answer = JSON.parse(event.detail);
      if (answer.id === id) now = answer;
    };
    document.addEventListener('stand-in:now', take);
    const detail = JSON.stringify({ id, path, args });
    document.dispatchEvent(new CustomEvent('stand-in:call', { detail }));
    document.removeEventListener('stand-in:now', take);
    if (now?.later) return promise;
    pending.delete(id);
    if (now?.error !== undefined) throw new Error(now.error);
    return now?.value;
  };
  document.addEventListener('stand-in:later', (event) => {
    const { id, value, error } = JSON.parse(event.detail);
    const waiting = pending.get(id);
    pending.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(error));
  });
  document.addEventListener('stand-in:expose', (event) => {
    const { name, members } = JSON.parse(event.detail);
    const exposed = {};
    for (const { key, value, isFunction } of members)
      exposed[key] = isFunction ? (...args) => call(`${name}.${key}`, args) : value;
    Object.defineProperty(window, name, { value: Object.freeze(exposed), enumerable: true });
  });
  // Electron tells a page that the far end of its port closed; Chromium by itself does not.
  const given = [];
  const ports = new Map();
  document.addEventListener('stand-in:giving', (event) => given.push(...JSON.parse(event.detail)));
  document.addEventListener('stand-in:closed', (event) => {
    ports.get(JSON.parse(event.detail))?.dispatchEvent(new Event('close'));
  });
  window.addEventListener('message', (event) => {
    for (const port of event.ports) ports.set(given.shift(), port);
  });
  // The two things that a page asks its window for.
  const ask = (what, detail) => window.__standInPage(JSON.stringify({ what, detail }));
  window.open = (url) => {
    ask('open', String(url ?? ''));
    return null;
  };
  const asked = new Map();
  window.__standInAnswer = (id, isGiven) => asked.get(id)?.(isGiven);
  const permit = (permission) =>
    new Promise((resolve) => {
      last += 1;
      asked.set(last, resolve);
      ask('permission', { permission, id: last });
    });
  Notification.requestPermission = async () =>
    (await permit('notifications')) ? 'granted' : 'denied';
  navigator.geolocation.getCurrentPosition = async (_found, failed) => {
    if (!(await permit('geolocation'))) failed?.({ code: 1, message: 'denied' });
  };
}

/** The world of a sandboxed preload: `electron` with two parts, and a `process` with arguments. */
export function inPreload(source, argv) {
  if (window !== window.top) return;
  const functions = new Map();
  const listeners = new Map();
  const pending = new Map();
  const ports = new Map();
  let last = 0;
  const tell = (message) => window.__standInPreload(JSON.stringify(message));
  const emit = (name, detail) =>
    document.dispatchEvent(new CustomEvent(name, { detail: JSON.stringify(detail) }));

  document.addEventListener('stand-in:call', (event) => {
    const { id, path, args } = JSON.parse(event.detail);
    try {
      const value = functions.get(path)(...args);
      if (!(value instanceof Promise)) return emit('stand-in:now', { id, value });
      emit('stand-in:now', { id, later: true });
      value.then(
        (result) => emit('stand-in:later', { id, value: result }),
        (error) => emit('stand-in:later', { id, error: String(error.message) }),
      );
    } catch (error) {
      emit('stand-in:now', { id, error: String(error.message) });
    }
  });

  const contextBridge = {
    exposeInMainWorld: (name, api) => {
      const members = Object.entries(api).map(([key, value]) => {
        if (typeof value === 'function') functions.set(`${name}.${key}`, value);
        return { key, value, isFunction: typeof value === 'function' };
      });
      emit('stand-in:expose', { name, members });
    },
  };
  const ipcRenderer = {
    on: (channel, listener) => {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
    },
    invoke: (channel, ...args) =>
      new Promise((resolve, reject) => {
        last += 1;
        pending.set(last, { resolve, reject });
        tell({ what: 'invoke', id: last, channel, args });
      }),
  };

  // Called from the main process.
  window.__standInReceive = (text) => {
    const message = JSON.parse(text);
    if (message.what === 'answer') {
      const waiting = pending.get(message.id);
      pending.delete(message.id);
      if (message.error === undefined) waiting?.resolve(message.value);
      else waiting?.reject(new Error(message.error));
    } else if (message.what === 'send') {
      const given = message.ports.map((id) => {
        const { port1, port2 } = new MessageChannel();
        ports.set(id, port1);
        port1.onmessage = ({ data }) => tell({ what: 'port', id, data });
        return port2;
      });
      emit('stand-in:giving', message.ports);
      for (const listener of listeners.get(message.channel) ?? [])
        listener({ ports: given }, message.value);
    } else if (message.what === 'port') ports.get(message.id)?.postMessage(message.data);
    else if (message.what === 'port-closed') {
      ports.get(message.id)?.close();
      emit('stand-in:closed', message.id);
    }
  };

  const require = (name) => {
    if (name === 'electron') return { contextBridge, ipcRenderer };
    throw new Error(`module not found: ${name}`);
  };
  const module = { exports: {} };
  // A preload is a CommonJS file of its own; this is how Electron runs one as well.
  new Function('require', 'module', 'exports', 'process', source)(require, module, module.exports, {
    argv,
  });
}

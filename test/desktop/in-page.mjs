/**
 * What the specs do inside the page. Sent there as source, so each function refers to nothing outside
 * itself.
 */

/**
 * One call over a port of its own, as the contract's client writes it. The window takes its port back as
 * soon as it notices that it lost it, and that may be before the answer: then the call is made again.
 */
export async function callPort({ path, input }) {
  const openPort = () =>
    new Promise((resolve) => {
      const take = ({ data, ports: [given] }) => {
        if (data !== 'portcullis:port') return;
        window.removeEventListener('message', take);
        resolve(given);
      };
      window.addEventListener('message', take);
      window.portcullis.openPort();
    });
  for (;;) {
    const port = await openPort();
    const answer = new Promise((resolve) => {
      port.onmessage = ({ data }) => resolve(data);
      port.addEventListener('close', () => resolve(undefined));
    });
    port.postMessage(JSON.stringify({ i: 'test', p: { u: path, b: { json: input } } }));
    const data = await answer;
    if (data !== undefined) return JSON.parse(data).p.b;
  }
}

/** Whether a message of so many characters ends the port. */
export async function sendHuge(size) {
  const port = await new Promise((resolve) => {
    window.addEventListener('message', ({ ports: [given] }) => given && resolve(given), {
      once: true,
    });
    window.portcullis.openPort();
  });
  return new Promise((resolve) => {
    port.addEventListener('close', () => resolve(true));
    port.onmessage = () => resolve(false);
    port.postMessage('x'.repeat(size));
  });
}

export function describeGlobals() {
  const { portcullis } = window;
  return {
    bridge: Object.fromEntries(Object.keys(portcullis).map((key) => [key, typeof portcullis[key]])),
    can: portcullis.can,
    globals: ['require', 'process', 'module', 'ipcRenderer', 'electron', 'Buffer'].filter(
      (name) => name in globalThis,
    ),
  };
}

/** What the shell answers to a text that is to be kept. */
export function saveText({ name, text }) {
  return window.portcullis.saveText(name, text).catch(() => 'refused');
}

/** Tries to put something else in the bridge's place; says whether it is still the same. */
export function replaceBridge() {
  const before = window.portcullis;
  const open = before.openPort;
  Reflect.set(window, 'portcullis', { openPort: () => undefined });
  Reflect.set(before, 'openPort', () => undefined);
  return window.portcullis === before && before.openPort === open;
}

/** Tries to run a script as an injection would; answers what ran. */
export async function runStrange() {
  const tries = [
    () => {
      const script = document.createElement('script');
      script.text = 'window.ran = "script"';
      document.head.append(script);
    },
    () =>
      document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.ran = \'image\'">'),
    () => Reflect.get(window, 'eval')('window.ran = "eval"'),
    () => document.body.setAttribute('onclick', 'window.ran = "handler"'),
    () => document.body.click(),
  ];
  // What runs at once counts as the inspector's own, which no policy binds.
  await new Promise((resolve) => setTimeout(resolve));
  for (const attempt of tries) {
    try {
      attempt();
    } catch {
      // Refused at once; others are refused later.
    }
  }
  await new Promise((resolve) => requestAnimationFrame(resolve));
  return window.ran ?? 'nothing';
}

export function go(to) {
  window.location.href = to;
}

export function clickLink(to) {
  const link = document.createElement('a');
  link.href = to;
  document.body.append(link);
  link.click();
}

export function openWindow(to) {
  return window.open(to) === null ? 'none' : 'opened';
}

export async function askPermissions() {
  return {
    notifications: await Notification.requestPermission(),
    place: await new Promise((resolve) => {
      navigator.geolocation.getCurrentPosition(
        () => resolve('given'),
        () => resolve('denied'),
      );
    }),
  };
}

/** How many of these addresses answer. */
export async function countReached(urls) {
  const answers = await Promise.all(urls.map((url) => fetch(url).catch(() => undefined)));
  return answers.filter((answer) => answer !== undefined).length;
}

export async function fetchStatus(path) {
  return (await fetch(path).catch(() => undefined))?.status;
}

export async function fetchPolicy() {
  const { status, headers } = await fetch('/');
  return { status, policy: headers.get('content-security-policy') };
}

export async function openExternal(urls) {
  for (const url of urls) await window.portcullis.openExternal(url);
}

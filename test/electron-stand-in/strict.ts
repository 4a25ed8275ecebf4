/** Refuses what the real Electron would take silently and get wrong. */

const windowOptions = new Set([
  ...['x', 'y', 'width', 'height', 'minWidth', 'minHeight', 'show', 'title'],
  ...['autoHideMenuBar', 'backgroundColor', 'webPreferences'],
]);

/** What every window must say; anything looser is refused. */
const safe: Readonly<Record<string, boolean>> = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInSubFrames: false,
  nodeIntegrationInWorker: false,
  webSecurity: true,
  webviewTag: false,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
};

const otherPreferences = new Set(['preload', 'spellcheck', 'devTools', 'additionalArguments']);

export interface StandInPreferences {
  readonly preload?: string;
  readonly devTools?: boolean;
  readonly additionalArguments?: readonly string[];
}

export function checkWindowOptions(options: Readonly<Record<string, unknown>>): StandInPreferences {
  for (const name of Object.keys(options))
    if (!windowOptions.has(name)) throw new TypeError(`Stand-in: unknown window option ${name}.`);
  const preferences: unknown = options.webPreferences ?? {};
  if (typeof preferences !== 'object' || preferences === null)
    throw new TypeError('Stand-in: webPreferences must be an object.');
  for (const [name, value] of Object.entries(preferences)) {
    if (otherPreferences.has(name)) continue;
    if (!(name in safe)) throw new TypeError(`Stand-in: unknown preference ${name}.`);
    if (safe[name] !== value) throw new TypeError(`Stand-in: ${name} must be ${safe[name]}.`);
  }
  // Checked name by name above.
  return preferences as StandInPreferences;
}

/** A part that exists in pages only. */
export function contextOnly(name: string): object {
  return new Proxy(
    {},
    {
      get: (_target, key) => {
        if (typeof key === 'symbol' || key === 'then') return undefined;
        throw new TypeError(`Stand-in: ${name} is for preloads only.`);
      },
    },
  );
}

/** Only these schemes may be registered, and only with these rights. */
export function checkPrivileges(
  schemes: readonly { scheme: string; privileges?: Readonly<Record<string, unknown>> }[],
): void {
  const allowed = new Set(['standard', 'secure', 'supportFetchAPI']);
  for (const { scheme, privileges = {} } of schemes)
    for (const name of Object.keys(privileges))
      if (!allowed.has(name)) throw new TypeError(`Stand-in: ${scheme} must not have ${name}.`);
}

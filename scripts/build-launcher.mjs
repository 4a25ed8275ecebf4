// Builds the launcher: `out/launcher/` with one small CommonJS bundle for `run`, more for the bridge to
// remote servers, the passphrase vault, confinement and the supervisor that are loaded only when needed, and the keychain's native module.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

/** What few launches need stays out of the first bundle, and the native module is taken from beside the bundle. */
const apart = {
  name: 'apart',
  setup(builder) {
    builder.onResolve(
      { filter: /^\.\/(bridge|vault-item|confined|supervisor)\.ts$/ },
      ({ kind, path }) =>
        kind === 'dynamic-import'
          ? { path: path.replace(/ts$/, 'cjs'), external: true }
          : undefined,
    );
  },
};

const bundles = {
  'portcullis.cjs': 'cli/run/launcher.ts',
  'bridge.cjs': 'cli/run/bridge.ts',
  'vault-item.cjs': 'cli/run/vault-item.ts',
  'confined.cjs': 'cli/run/confined.ts',
  'supervisor.cjs': 'cli/run/supervisor.ts',
};

/** Builds into `folder` and returns it. */
export async function buildLauncher(folder = join(root, 'out', 'launcher')) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const shared = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    legalComments: 'none',
    define: {
      portcullisVersion: JSON.stringify(version),
      'import.meta.url': 'ownUrl',
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
    },
    // Takes no time: whoever needs the URL asks for it.
    banner: {
      js: 'Object.defineProperty(globalThis,"ownUrl",{configurable:true,get:()=>require("node:url").pathToFileURL(__filename).href});',
    },
    plugins: [apart],
    logLevel: 'warning',
  };
  for (const [name, entry] of Object.entries(bundles))
    await build({ ...shared, entryPoints: [entry], outfile: join(folder, name) });
  copyFileSync(findNativeModule(), join(folder, 'keyring.node'));
  const files = {};
  for (const name of [...Object.keys(bundles), 'keyring.node'])
    files[name] = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
  writeFileSync(join(folder, 'launcher.json'), `${JSON.stringify({ version, files }, null, 2)}\n`);
  return folder;
}

/** The one native module that npm has installed for this system. */
function findNativeModule() {
  const owner = createRequire(require.resolve('@napi-rs/keyring'));
  const { platform, arch } = process;
  const abis = platform === 'linux' ? ['-gnu', '-musl'] : platform === 'win32' ? ['-msvc'] : [''];
  for (const abi of abis) {
    const name = `${platform}-${arch}${abi}`;
    try {
      return owner.resolve(`@napi-rs/keyring-${name}/keyring.${name}.node`);
    } catch {
      // Another C library's build may be there.
    }
  }
  throw new Error(`The keychain module has no build for ${platform} on ${arch}. Run \`npm ci\`.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(await buildLauncher(process.argv[2]));

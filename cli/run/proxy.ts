/**
 * The proxy of one supervised server: `@anthropic-ai/sandbox-runtime` decides about hosts and puts
 * masked values in. Only its proxy is used on Linux; the sandbox there is our own.
 */
import { SandboxManager } from '@anthropic-ai/sandbox-runtime';
import type { ProxyAccess } from '../../core/launch/confine.ts';
import { maskSecrets } from '../../core/launch/mask.ts';
import type { SecretValues } from '../../core/launch/secret-item.ts';
import type { Roots } from '../../core/ports.ts';
import { findTool } from '../../platform/sandbox/find-tool.ts';
import { placeBridge } from '../../platform/sandbox/socat-bridge.ts';
import type { CredentialScope, Level } from '../../shared/models/scope.ts';

export interface ProxySource {
  readonly scope: CredentialScope;
  readonly level: Level;
  readonly secrets: SecretValues;
  readonly roots: Roots;
  /** Where bubblewrap and socat are looked for after the system's own folders. */
  readonly path: string | undefined;
  /** Asked about each connection to a host that is not listed; true lets it through. */
  readonly onAsked: (host: string, port: number | undefined) => boolean;
}

export interface RunningProxy {
  /** The way to it, for the sandbox. */
  readonly network: ProxyAccess;
  /** What the server is started with to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Placeholders at `masked`, else the secrets themselves. */
  readonly secrets: SecretValues;
  stop(): Promise<void>;
}

const mostAttempts = 5;
const innerPort = 3128;
/** Where the sandbox shows the certificates that the server must trust at `masked`. */
const innerTrust = '/run/portcullis/trust.pem';
const trustVariables = [
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'PIP_CERT',
  'GIT_SSL_CAINFO',
  'AWS_CA_BUNDLE',
  'CARGO_HTTP_CAINFO',
  'DENO_CERT',
];

export async function startProxy(source: ProxySource): Promise<RunningProxy> {
  const { level, secrets, scope, onAsked } = source;
  const masked = level === 'masked';
  await initialize(renderConfig(source, masked), onAsked);
  const socket = SandboxManager.getLinuxHttpSocketPath();
  const token = SandboxManager.getProxyAuthToken();
  const linux = process.platform === 'linux';
  if (linux && socket === undefined) throw new TypeError('The proxy has no socket.');
  const registry = SandboxManager.getSentinelRegistry();
  const trust = SandboxManager.getMitmCA()?.trustBundlePath;
  return {
    network: {
      port: innerPort,
      socket: socket ?? '',
      ...(trust === undefined ? {} : { trust: { from: trust, to: innerTrust } }),
    },
    env: {
      // On macOS the runtime's own wrapping tells the way.
      ...(linux ? proxyVariables(`http://srt:${token}@127.0.0.1:${innerPort}`) : {}),
      ...(trust === undefined
        ? {}
        : Object.fromEntries(trustVariables.map((name) => [name, innerTrust]))),
    },
    secrets: masked
      ? maskSecrets(secrets, scope, (name, value, hosts) => registry.register(name, value, hosts))
      : secrets,
    stop: () => SandboxManager.reset(),
  };
}

/**
 * The runtime gives its bridges 0.6 seconds to appear, which a busy machine (one that has just started a
 * dozen servers) may not keep: then it is asked again.
 */
async function initialize(
  config: ReturnType<typeof renderConfig>,
  onAsked: ProxySource['onAsked'],
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await SandboxManager.initialize(config, async ({ host, port }) => {
        if (onAsked(host, port)) return true;
        return { allow: false, reason: 'not in the credential scope of this server' };
      });
      await SandboxManager.waitForNetworkInitialization();
      return;
    } catch (cause) {
      if (attempt === mostAttempts) throw cause;
    }
  }
}

function renderConfig({ scope: { hosts }, roots, path }: ProxySource, masked: boolean) {
  const socatPath = process.platform === 'linux' ? placeBridge(roots, path) : undefined;
  const bwrapPath = findTool('bwrap', path);
  return {
    // Else the client's search path would say which program holds the way to the proxy.
    ...(socatPath === undefined ? {} : { socatPath }),
    ...(bwrapPath === undefined ? {} : { bwrapPath }),
    network: {
      allowedDomains: typeof hosts === 'string' ? [] : [...hosts],
      deniedDomains: [],
      // A request that names another host than its connection could carry a value to the wrong one.
      requireHostMatch: true,
      // Without these a placeholder could not be exchanged on its way.
      ...(masked ? { tlsTerminate: {} } : {}),
    },
    filesystem: { denyRead: [], allowWrite: [], denyWrite: [] },
    ...(masked ? { credentials: { envVars: [] } } : {}),
    // Of the runtime's own sandbox nothing is used; these keep it from looking for its parts.
    ripgrep: { command: 'sh' },
    seccomp: { applyPath: '/bin/true', argv0: 'unused' },
    javaAgentJarPath: '/dev/null',
  };
}

function proxyVariables(url: string): Readonly<Record<string, string>> {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];
  const local = 'localhost,127.0.0.1,::1';
  return {
    ...Object.fromEntries(
      names.flatMap((name) => [name, name.toLowerCase()]).map((name) => [name, url]),
    ),
    NO_PROXY: local,
    no_proxy: local,
    // Node's own clients ask for the variables above only with it.
    NODE_USE_ENV_PROXY: '1',
  };
}

/**
 * Places that no confined server reads, even inside of a folder that it was given: other servers'
 * configuration, our own folders, and where programs keep credentials (facts/security.md I-7). Data per
 * system; the clients' own files come from the client table (`core/launch/client-files.ts`).
 */
import { posix, win32 } from 'node:path';
import type { Machine, Platform, Roots } from '../ports.ts';

const everywhere = [
  '~/.ssh',
  '~/.gnupg',
  '~/.aws',
  '~/.azure',
  '~/.kube',
  '~/.docker/config.json',
  '~/.docker/run',
  '~/.netrc',
  '~/_netrc',
  '~/.npmrc',
  '~/.yarnrc.yml',
  '~/.pypirc',
  '~/.pgpass',
  '~/.my.cnf',
  '~/.git-credentials',
  '~/.cargo/credentials',
  '~/.cargo/credentials.toml',
  '~/.gem/credentials',
  '~/.terraform.d/credentials.tfrc.json',
  '~/.vault-token',
  '~/.fly',
  '~/.bash_history',
  '~/.zsh_history',
  '~/.zhistory',
  '~/.sh_history',
  '~/.python_history',
  '~/.node_repl_history',
  '~/.psql_history',
  '~/.mysql_history',
  '~/.sqlite_history',
  '~/.password-store',
  '~/.config/op',
  '~/.config/gh',
  '~/.config/glab-cli',
  '~/.config/gcloud',
  '~/.config/hub',
  '~/.config/sops',
  '~/.config/rclone',
  '~/.config/fish/fish_history',
  '~/.local/share/fish/fish_history',
  '~/.claude/projects',
  '~/.claude/.credentials.json',
  '~/.codex/auth.json',
];

const bySystem = {
  linux: [
    '/run/user',
    '/tmp/.X11-unix',
    '/var/run/docker.sock',
    '/run/docker.sock',
    '~/.local/share/keyrings',
    '~/.local/share/kwalletd',
    '~/.config/google-chrome',
    '~/.config/chromium',
    '~/.config/BraveSoftware',
    '~/.config/microsoft-edge',
    '~/.config/vivaldi',
    '~/.config/opera',
    '~/.mozilla',
    '~/.thunderbird',
    '~/snap/firefox',
    '~/.var/app',
    '~/.config/Bitwarden',
    '~/.config/Bitwarden CLI',
    '~/.config/1Password',
    '~/.Xauthority',
    '~/.ICEauthority',
    '~/.config/autostart',
    '~/.config/systemd',
  ],
  macos: [
    '~/Library/Keychains',
    '/Library/Keychains',
    '~/Library/Application Support/Google/Chrome',
    '~/Library/Application Support/Chromium',
    '~/Library/Application Support/BraveSoftware',
    '~/Library/Application Support/Microsoft Edge',
    '~/Library/Application Support/Firefox',
    '~/Library/Application Support/Bitwarden',
    '~/Library/Application Support/1Password',
    '~/Library/Application Support/com.apple.TCC',
    '~/Library/Safari',
    '~/Library/Cookies',
    '~/Library/Containers/com.apple.Safari',
    '~/Library/Group Containers',
    '~/Library/Messages',
    '~/Library/LaunchAgents',
  ],
  windows: [
    '~/AppData/Roaming/Microsoft/Credentials',
    '~/AppData/Roaming/Microsoft/Protect',
    '~/AppData/Roaming/Microsoft/Vault',
    '~/AppData/Roaming/Microsoft/Crypto',
    '~/AppData/Local/Microsoft/Credentials',
    '~/AppData/Local/Microsoft/Vault',
    '~/AppData/Local/Google/Chrome/User Data',
    '~/AppData/Local/Microsoft/Edge/User Data',
    '~/AppData/Roaming/Mozilla',
    '~/AppData/Roaming/Bitwarden',
    '~/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine',
  ],
} as const satisfies Record<Platform, readonly string[]>;

/** Credential folders of programs and our own folders: absolute, whether they exist or not. */
export function fixedMaskedPaths(machine: Machine, roots: Roots): readonly string[] {
  const { join } = machine.platform === 'windows' ? win32 : posix;
  const expand = (path: string) =>
    path.startsWith('~') ? join(machine.home, path.slice(1)) : path;
  return [
    ...[...everywhere, ...bySystem[machine.platform]].map(expand),
    ...new Set([roots.config, roots.data, roots.cache]),
  ];
}

/** True for the folder itself and everything below. */
export function isInside(path: string, folder: string): boolean {
  const base = folder.endsWith('/') || folder.endsWith('\\') ? folder : `${folder}/`;
  return path === folder || `${path}/` === base || path.startsWith(base);
}

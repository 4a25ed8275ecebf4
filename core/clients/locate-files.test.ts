/**
 * Paths of every row on every system. `path-facts.json` is what is known from the clients' sources
 * and manuals, written down by itself; `paths.json` is all that the table gives.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Machine, Platform } from '../ports.ts';
import { type FileLocation, locateFiles } from './locate-files.ts';
import { clientTable, findClient } from './table.ts';

const folder = join(import.meta.dirname, '../../test/goldens');
const homes = { linux: '/home/sam', macos: '/Users/sam', windows: 'C:\\Users\\sam' } as const;
const projects = {
  linux: '/home/sam/work/app',
  macos: '/Users/sam/work/app',
  windows: 'C:\\Users\\sam\\work\\app',
} as const;
const systems: readonly Platform[] = ['linux', 'macos', 'windows'];

interface PathFact {
  readonly client: string;
  readonly os: Platform;
  readonly role: FileLocation['role'];
  readonly path: string;
  readonly variable?: string;
}

function machineOf(platform: Platform, env: Machine['env'] = {}): Machine {
  return { platform, home: homes[platform], env };
}

function locate(id: string, platform: Platform, env: Machine['env'] = {}): readonly FileLocation[] {
  return locateFiles(findClient(id), machineOf(platform, env), []);
}

function pathsAndLife(locations: readonly FileLocation[]): readonly (readonly [string, boolean])[] {
  return locations.map(({ path, live }) => [path, live]);
}

/** Where the table knows better than the role in the facts, with the reason. */
const otherRole: Readonly<Record<string, FileLocation['role']>> = {
  // Some installs read only this one, so it is no alternate.
  '.cache/lm-studio/mcp.json': 'primary',
};

test('every known path is in the table, in its role', () => {
  const facts: readonly PathFact[] = JSON.parse(
    readFileSync(join(folder, 'path-facts.json'), 'utf8'),
  );
  const missing = facts.filter((fact) => {
    const set = fact.os === 'windows' ? 'C:\\set\\' : '/set/';
    const { variable } = fact;
    const env = variable === undefined ? {} : { [variable]: set + variable.toLowerCase() };
    const locations = locateFiles(findClient(fact.client), machineOf(fact.os, env), [
      projects[fact.os],
    ]);
    const known = Object.entries(otherRole).find(([end]) =>
      fact.path.replaceAll('\\', '/').endsWith(end),
    );
    const role = known?.[1] ?? fact.role;
    return !locations.some((location) => location.path === fact.path && location.role === role);
  });
  expect(facts.length).toBeGreaterThan(200);
  expect(missing).toEqual([]);
});

test('all paths of all rows on three systems', () => {
  const all = Object.fromEntries(
    clientTable.map((row) => [
      row.id,
      Object.fromEntries(
        systems.map((system) => [
          system,
          locateFiles(row, machineOf(system), [projects[system]]).map(describeLocation),
        ]),
      ),
    ]),
  );
  const file = join(folder, 'paths.json');
  if (process.env.UPDATE_GOLDENS === '1')
    writeFileSync(file, `${JSON.stringify(all, undefined, 2)}\n`);
  expect(all).toEqual(JSON.parse(readFileSync(file, 'utf8')));
});

function describeLocation(location: FileLocation): string {
  const { role, path, format = 'not parsed', writable, live } = location;
  return [
    role,
    path,
    format,
    writable ? 'writable' : 'read-only',
    ...(live ? [] : ['not live']),
  ].join(' | ');
}

describe('variables', () => {
  test('XDG_CONFIG_HOME moves what follows it, on Linux only where the client does so', () => {
    const env = { XDG_CONFIG_HOME: '/xdg' };
    expect(locate('zed', 'linux', env)[0]?.path).toBe('/xdg/zed/settings.json');
    expect(locate('zed', 'macos', env)[0]?.path).toBe('/Users/sam/.config/zed/settings.json');
    expect(locate('vscode', 'linux', env)[0]?.path).toBe('/xdg/Code/User/mcp.json');
    expect(locate('opencode', 'macos', env)[0]?.path).toBe('/xdg/opencode/opencode.json');
    expect(locate('goose', 'linux', env)[0]?.path).toBe('/home/sam/.config/goose/config.yaml');
  });

  test('an empty or relative variable is no folder', () => {
    for (const value of ['', 'relative/folder', '~/folder']) {
      expect(locate('zed', 'linux', { XDG_CONFIG_HOME: value })[0]?.path).toBe(
        '/home/sam/.config/zed/settings.json',
      );
      expect(locate('codex', 'linux', { CODEX_HOME: value })[0]?.path).toBe(
        '/home/sam/.codex/config.toml',
      );
    }
  });

  test('an override takes the place of the usual file, which is still looked at', () => {
    const files = locate('claude-code', 'linux', { CLAUDE_CONFIG_DIR: '/work/claude' });
    expect(pathsAndLife(files)).toEqual([
      ['/work/claude/.claude.json', true],
      ['/home/sam/.claude.json', false],
      ['/etc/claude-code/managed-mcp.json', true],
    ]);
  });

  test('the first of several overrides counts', () => {
    const env = { CLINE_DIR: '/c', CLINE_DATA_DIR: '/d' };
    expect(pathsAndLife(locate('cline', 'linux', env)).slice(0, 3)).toEqual([
      ['/d/settings/cline_mcp_settings.json', true],
      ['/c/data/settings/cline_mcp_settings.json', false],
      ['/home/sam/.cline/data/settings/cline_mcp_settings.json', false],
    ]);
  });

  test('an override to the usual place is one live file', () => {
    const files = locate('codex', 'linux', { CODEX_HOME: '/home/sam/.codex' });
    expect(pathsAndLife(files).slice(0, 2)).toEqual([
      ['/home/sam/.codex/config.toml', true],
      ['/home/sam/.codex/*.config.toml', true],
    ]);
  });

  test('an additional file leaves the usual one alive', () => {
    const files = locate('opencode', 'linux', { OPENCODE_CONFIG: '/o/extra.json' });
    expect(pathsAndLife(files).slice(0, 2)).toEqual([
      ['/o/extra.json', true],
      ['/home/sam/.config/opencode/opencode.json', true],
    ]);
  });

  test('a list of files is split as the system does, relative ones left out', () => {
    const name = 'GOOSE_ADDITIONAL_CONFIG_FILES';
    expect(pathsAndLife(locate('goose', 'linux', { [name]: '/a.yaml:b.yaml:/c.yaml' }))).toEqual([
      ['/a.yaml', true],
      ['/c.yaml', true],
      ['/home/sam/.config/goose/config.yaml', true],
      ['/etc/goose/config.yaml', true],
    ]);
    expect(locate('goose', 'windows', { [name]: 'D:\\a.yaml;E:\\b.yaml' })[1]?.path).toBe(
      'E:\\b.yaml',
    );
  });

  test('Windows variables are found whatever their case, and may point elsewhere', () => {
    expect(locate('zed', 'windows', { AppData: 'D:\\Roaming' })[0]?.path).toBe(
      'D:\\Roaming\\Zed\\settings.json',
    );
    expect(locate('amp', 'windows', { amp_settings_file: 'E:\\amp.json' })[0]?.path).toBe(
      'E:\\amp.json',
    );
    expect(locate('zed', 'linux', { xdg_config_home: '/no' })[0]?.path).toBe(
      '/home/sam/.config/zed/settings.json',
    );
  });

  test('signs of the notation mean nothing inside a folder of the person', () => {
    const machine: Machine = { platform: 'linux', home: '/home/{a,b} *$HOME', env: {} };
    const [file] = locateFiles(findClient('codex'), machine, []);
    expect(file?.path).toBe('/home/{a,b} *$HOME/.codex/config.toml');
    expect(file?.glob).toBeUndefined();
    const profiles = locateFiles(findClient('codex'), machine, [])[1];
    expect(profiles?.glob).toEqual({
      base: '/home/{a,b} *$HOME/.codex',
      segments: ['*.config.toml'],
    });
  });
});

describe('projects', () => {
  test('folders above a project are looked at where the client does so, each file once', () => {
    const files = locateFiles(findClient('claude-code'), machineOf('linux'), [
      '/home/sam/a',
      '/home/sam/b',
    ]).filter(({ role }) => role === 'project');
    expect(files.map(({ path }) => path)).toEqual([
      '/home/sam/a/.mcp.json',
      '/home/sam/.mcp.json',
      '/home/.mcp.json',
      '/.mcp.json',
      '/home/sam/b/.mcp.json',
    ]);
  });

  test('the file of the person is not taken for one of the project', () => {
    const files = locateFiles(findClient('codex'), machineOf('linux'), ['/home/sam/a']);
    expect(files.find(({ path }) => path === '/home/sam/.codex/config.toml')?.role).toBe('primary');
  });

  test('a file that several clients read is written by its owners only', () => {
    const rights = clientTable.flatMap((row) =>
      locateFiles(row, machineOf('windows'), ['C:\\p'])
        .filter(({ path }) => path === 'C:\\p\\.mcp.json')
        .map(({ writable }) => [row.id, writable]),
    );
    expect(rights).toEqual([
      ['cursor', false],
      ['vscode', false],
      ['claude-code', true],
      ['copilot-cli', true],
      ['windsurf', false],
      ['visual-studio', true],
    ]);
  });
});

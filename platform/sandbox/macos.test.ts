import { expect, test } from 'vitest';
import type { Confinement } from '../../core/ports.ts';
import { renderSeatbeltRules, renderSeatbeltStart } from './macos.ts';

const confinement: Confinement = {
  server: 'files',
  file: '/opt/homebrew/bin/node',
  args: ['server.js', '/Users/ada/docs'],
  env: { HOME: '/home/mcp', KEY: 'value' },
  cwd: '/home/mcp',
  binds: [
    { from: '/Users/ada/Library/x/home', to: '/home/mcp', access: 'write' },
    { from: '/Users/ada/docs', to: '/Users/ada/docs', access: 'read' },
  ],
  masks: [{ path: '/Users/ada/docs/.mcp.json', kind: 'file' }],
  network: 'open',
};

test('everything of people is hidden but what was granted, masks within it included', () => {
  expect(renderSeatbeltRules(confinement)).toEqual({
    denyRead: [
      '/Users',
      '/Volumes',
      '/private/var/root',
      '/private/tmp',
      '/private/var/folders',
      '/Library/Keychains',
      '/Users/ada/docs/.mcp.json',
    ],
    allowRead: ['/Users/ada/Library/x/home', '/Users/ada/docs'],
    allowWrite: ['/Users/ada/Library/x/home'],
    denyWrite: ['/Users/ada/docs/.mcp.json'],
  });
});

test('paths are as they are outside, and no secret is among the arguments', () => {
  expect(renderSeatbeltStart(confinement)).toEqual({
    file: '/opt/homebrew/bin/node',
    args: ['server.js', '/Users/ada/docs'],
    cwd: '/Users/ada/Library/x/home',
    env: {
      HOME: '/Users/ada/Library/x/home',
      KEY: 'value',
      TMPDIR: '/Users/ada/Library/x/home/tmp',
    },
  });
});

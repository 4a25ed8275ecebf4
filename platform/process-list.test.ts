import { expect, test } from 'vitest';
import { nameProgram, parsePs, parseTasklist } from './process-list.ts';

test('the lists of other systems are read, odd lines passed over', () => {
  const ps =
    '  1   0 /sbin/launchd\n 42 501 /Applications/Claude.app/Contents/MacOS/Claude X\n\n ? ?\n';
  expect(parsePs(ps, 501)).toEqual([
    { pid: 42, command: '/Applications/Claude.app/Contents/MacOS/Claude X' },
  ]);
  const tasklist = '"Claude.exe","4242","Console","1","120,000 K"\r\nINFO: none\r\n';
  expect(parseTasklist(tasklist)).toEqual([{ pid: 4242, command: 'Claude.exe' }]);
  expect(nameProgram(['/usr/bin/node', '/opt/cli.js', 'secret'])).toBe('/usr/bin/node /opt/cli.js');
  expect(nameProgram(['/usr/bin/node', '--eval'])).toBe('/usr/bin/node');
  expect(nameProgram(['tool', 'secret'])).toBe('tool');
  expect(nameProgram([''])).toBe('');
});

import { describe, expect, test } from 'vitest';
import { edit, launcher, remove, set } from '../../test/support/edit-text.ts';
import { plainMap } from './nodes.ts';

describe('TOML as Codex writes it', () => {
  const codex =
    'model = "m" # keep\n\n[mcp_servers.a]\ncommand = "npx" # runs\nargs = [\n  "-y", # yes\n  "p",\n]\n\n[mcp_servers.a.env]\nK = "v"\n\n# about tools\n[tools]\nweb = true';
  test('a new server goes to the end of its group', () => {
    const after = edit(codex, 'toml', set(['mcp_servers', 'b c'], launcher));
    expect(after).toBe(
      codex.replace(
        'K = "v"\n',
        'K = "v"\n\n[mcp_servers."b c"]\ncommand = "/opt/portcullis"\nargs = ["run", "x"]\n',
      ),
    );
    expect(edit(after, 'toml', remove('mcp_servers', 'b c'))).toBe(codex);
  });
  test('the first server goes behind everything', () => {
    expect(edit('model = "m"', 'toml', set(['mcp_servers', 'b'], launcher))).toBe(
      'model = "m"\n\n[mcp_servers.b]\ncommand = "/opt/portcullis"\nargs = ["run", "x"]',
    );
  });
  test('replacing a server keeps its tables and comments', () => {
    expect(edit(codex, 'toml', set(['mcp_servers', 'a'], launcher))).toBe(
      codex
        .replace('"npx" # runs', '"/opt/portcullis" # runs')
        .replace('[\n  "-y", # yes\n  "p",\n]', '[\n  "run",\n  "x",\n]')
        .replace('\n\n[mcp_servers.a.env]\nK = "v"', ''),
    );
  });
  test('removing the last server removes its implied table', () => {
    expect(edit(codex, 'toml', remove('mcp_servers', 'a'))).toBe(
      'model = "m" # keep\n\n# about tools\n[tools]\nweb = true',
    );
  });
  test('lists of tables', () => {
    const vibe = '[[mcp_servers]]\nname = "a"\n\n[[mcp_servers]]\nname = "b"\nenv = { K = "v" }\n';
    const added = edit(
      vibe,
      'toml',
      set(
        ['mcp_servers', 2],
        plainMap([
          ['name', 'c'],
          ['env', plainMap([['K', 'w']])],
        ]),
      ),
    );
    expect(added).toBe(`${vibe}\n[[mcp_servers]]\nname = "c"\nenv = { K = "w" }\n`);
    expect(edit(added, 'toml', remove('mcp_servers', 2))).toBe(vibe);
    expect(edit(vibe, 'toml', remove('mcp_servers', 0))).toBe(
      '\n[[mcp_servers]]\nname = "b"\nenv = { K = "v" }\n',
    );
  });
});

import { expect, test } from 'vitest';
import { namesRelativePath, startsFromFolder } from './relative-paths.ts';

const words = (text: string) => {
  const [command = '', ...args] = text.split(' ');
  return { command, args };
};

test.each([
  './server',
  'bin/server',
  '..\\server.exe',
  'node server.js',
  'node ./server',
  'node .',
  'node --import=./hook.mjs /srv/server.js',
  'node -r hook.cjs /srv/server.js',
  '/usr/bin/python3.12 -u src/server.py',
  'C:\\node\\node.exe dist\\index.js',
  'npx tsx server.ts',
  'npx ./server.js',
  'uv run server.py',
  'java -jar server.jar',
])('%s is looked for in the folder of the start', (text) => {
  expect([startsFromFolder(words(text)), namesRelativePath(words(text))]).toEqual([true, true]);
});

test.each([
  'npx -y @scope/server',
  'npx -y chart.js',
  'node /srv/server.js',
  'node C:\\srv\\server.js',
  'node -e 1',
  'python3 -m server',
  'uvx --from git+https://host.example/a.py server',
  'deno run npm:server.js',
  'docker run -v ./data:/data ghcr.io/a/b server.py',
  'server --host api.example',
])('%s is the same everywhere', (text) => {
  expect([startsFromFolder(words(text)), namesRelativePath(words(text))]).toEqual([false, false]);
});

test.each(['npx -y @scope/files .', 'server --config=./server.json', 'npx files ../data'])(
  '%s starts the same program everywhere, with a path of the folder',
  (text) => {
    expect([startsFromFolder(words(text)), namesRelativePath(words(text))]).toEqual([false, true]);
  },
);

import { deniedFilesSuite } from './denied-files-suite.ts';
import { filesSuite } from './files-suite.ts';
import { createMemoryFiles } from './memory-files.ts';

async function openMemory() {
  const files = createMemoryFiles();
  await files.makeFolder('/root');
  return {
    files,
    root: '/root',
    link: files.link,
    hardLink: files.hardLink,
    deny: files.deny,
    close: () => undefined,
  };
}

filesSuite('in memory', openMemory);
deniedFilesSuite('in memory', openMemory);

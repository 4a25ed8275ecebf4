/** Access lists of POSIX systems, which Node does not read: `ls` marks what has one with a plus. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where the system does not tell, there may be one. */
export async function hasAccessList(path: string): Promise<boolean> {
  try {
    const { stdout } = await run('/bin/ls', ['-ldn', '--', path], { env: { LC_ALL: 'C' } });
    return stdout[10] === '+';
  } catch {
    return true;
  }
}

/** What went wrong with a server, in words a person can use. */
import { AppError } from '../../shared/errors.ts';
import type { WireEnd } from './wire.ts';

const shownLines = 10;
const shownLength = 300;

/** The server ended by itself. `stderr` must be redacted. */
export function describeEnd(server: string, end: WireEnd, stderr: string): AppError {
  const how =
    end.signal === null ? `with exit code ${end.exitCode ?? 'unknown'}` : `by signal ${end.signal}`;
  const lines = stderr
    .split(/\r?\n/)
    .map((line) => line.trim().slice(0, shownLength))
    .filter((line) => line !== '')
    .slice(-shownLines);
  return new AppError('server_start_failed', `The server "${server}" ended ${how}.`, {
    hint:
      lines.length === 0
        ? `It said nothing. Start it by hand with \`portcullis run ${server}\`.`
        : 'Its last words on stderr are among the details.',
    details: {
      server,
      ...(end.exitCode === null ? {} : { exitCode: end.exitCode }),
      ...(end.signal === null ? {} : { signal: end.signal }),
      stderr: lines,
    },
  });
}

/** The server runs, but an exchange failed. */
export function describeRefusal(
  server: string,
  thrown: unknown,
  redact: (text: string) => string,
): AppError {
  const message = thrown instanceof Error ? redact(thrown.message).slice(0, shownLength) : '';
  const remote = remoteCodeOf(thrown);
  if (remote !== undefined)
    return new AppError(remote, message, { details: { server }, cause: thrown });
  if (isAnswer(thrown) && message !== '')
    return new AppError('server_protocol', `The server "${server}" answered: ${message}`, {
      hint: `See what it offers: \`portcullis inspect ${server}\`.`,
      details: { server, message },
      cause: thrown,
    });
  return new AppError('server_protocol', `The server "${server}" did not answer as MCP asks.`, {
    hint: 'Update the server, or report this to its author.',
    details: { server, ...(message === '' ? {} : { message }) },
    cause: thrown,
  });
}

/** An error in the words of MCP: the server understood, and refuses. */
function isAnswer(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'number';
}

/** The code of an error that our own bridge has answered with. */
function remoteCodeOf(thrown: unknown): 'remote_unreachable' | 'remote_refused' | undefined {
  if (!(thrown instanceof Error) || !('data' in thrown)) return undefined;
  const { data } = thrown;
  if (typeof data !== 'object' || data === null || !('portcullis' in data)) return undefined;
  const { portcullis: code } = data;
  return code === 'remote_unreachable' || code === 'remote_refused' ? code : undefined;
}

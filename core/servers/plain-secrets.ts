/** A server's command, as a person types it, may hold a secret that belongs in the keychain. */
import { AppError } from '../../shared/errors.ts';
import type { LaunchSpec } from '../../shared/models/server.ts';
import { parseDocument } from '../documents/parse-document.ts';
import { detectInDocument } from '../exposure/detect-document.ts';
import { type Detection, isWorthMoving } from '../exposure/detection.ts';

/** The first thing in a launch that looks like a secret. References do not. */
export function findPlainSecret(name: string, launch: LaunchSpec): Detection | undefined {
  const text = new TextEncoder().encode(JSON.stringify({ mcpServers: { [name]: launch } }));
  const document = parseDocument(text, 'json', 'the record of a server');
  const servers = [{ path: ['mcpServers', name], name }];
  return detectInDocument(document, { servers }).find(isWorthMoving);
}

/** Throws `unsupported`, with what to write instead, when a new server's launch holds a secret. */
export function refusePlainSecrets(name: string, launch: LaunchSpec): void {
  const found = findPlainSecret(name, launch);
  if (found === undefined) return;
  throw new AppError('unsupported', 'A secret would stand in plain text in the records.', {
    hint: `Nothing was written. Found in it: ${found.label}. Write \`\${secret:${found.suggestedName}}\` in its place and give its value as a secret of that name. Pasted JSON has its secrets taken out by itself; on the command line that is \`portcullis servers add --from-json\`.`,
  });
}

/** Throws `bad_input` for `NAME=value program`: no shell runs it, so it would be taken for a program of that name. */
export function refuseVariableInFront(launch: LaunchSpec): void {
  if (launch.transport !== 'stdio' || !/^[A-Za-z_]\w*=/.test(launch.command)) return;
  throw new AppError('bad_input', 'The command begins with a variable, not with a program.', {
    hint: 'No shell runs it. Leave the variable out and give it beside the command: as a secret, under `env` in JSON, or with `--env NAME=value` on the command line.',
  });
}

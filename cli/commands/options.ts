/** Arguments and options that several commands share. */
import type { ArgumentRow, OptionRow } from '../command.ts';

export const yes: OptionRow = {
  flags: '--yes',
  about: 'do it without asking; needed where there is no terminal',
};
export const planOnly: OptionRow = { flags: '--plan', about: 'only show what would change' };
export const clientFilter: OptionRow = {
  flags: '--client <id>',
  about: 'only this client; may be given several times, or as a,b',
  complete: 'client',
};
export const serverArgument: ArgumentRow = {
  syntax: '<id>',
  about: 'id of a server, as `portcullis servers` shows it',
  complete: 'server',
};
export const secretArgument: ArgumentRow = { syntax: '<name>', about: 'name of the secret' };

/** What a scope may want beside what it has: variables of the catalogue, and places that it was told of. */
import type { ScopeFolder } from '../../shared/models/scope.ts';
import type { ScopeView } from '../../shared/models/scope-view.ts';
import { sayPath } from '../ui/say.ts';
import type { Span } from '../ui/terminal.ts';
import { words } from '../words.ts';

export type PrintRow = (name: string, ...spans: readonly Span[]) => void;

const say = words.scope;

/** Words of strangers come after a dash, dim, and each with the command that acts on it. */
export function printCatalogue(row: PrintRow, { server, catalogue }: ScopeView): void {
  for (const { name, about, secret, required, path, usual } of catalogue.variables) {
    const notes = [required && say.required, secret && say.secret, path && say.isPath].filter(
      Boolean,
    );
    row(
      'may want',
      name,
      [notes.length === 0 ? '' : `  ${notes.join(', ')}`, 'dim'],
      [about === undefined ? '' : `  – ${about}`, 'dim'],
      [usual === undefined ? '' : `  ${say.usual(usual)}`, 'dim'],
    );
    row('', [secret ? say.setSecret(server, name) : say.passVariable(server, name), 'cyan']);
  }
  for (const { name, about, required } of catalogue.arguments)
    row(
      'argument',
      name,
      [`  ${[required && say.required, say.isPath].filter(Boolean).join(', ')}`, 'dim'],
      [about === undefined ? '' : `  – ${about}`, 'dim'],
    );
  if (catalogue.variables.length + catalogue.arguments.length > 0)
    row('', [say.saysCatalogue, 'dim']);
}

export function printPlaces(row: PrintRow, { server, places }: ScopeView, home: string): void {
  for (const { sentence, folder } of places) {
    row('warning', [sentence, 'yellow']);
    if (folder !== undefined) row('', [sayAllow(server, folder, home), 'cyan']);
  }
}

/** The exact command that gives one place; a shell takes it as it stands. */
export function sayAllow(
  server: string,
  { path, access }: Pick<ScopeFolder, 'path' | 'access'>,
  home: string,
): string {
  return `portcullis scope ${server} set --${access} ${quote(sayPath(path, home))}`;
}

function quote(path: string): string {
  if (/^[\w./:@%+~-]+$/.test(path)) return path;
  const [, tilde = '', rest = path] = /^(~\/)?(.*)$/s.exec(path) ?? [];
  return `${tilde}'${rest.replaceAll("'", String.raw`'\''`)}'`;
}

/** Undo of our last write to a file, and what the model makes of it. */
import { readFileSync } from 'node:fs';
import type { HistoryLine } from '../../core/edits/model.ts';
import { type FileModel, fileAt, type Model, pathOf, type Real, recall, servers } from './model.ts';

/** Byte for byte where nobody has written since; else our own entries, and nobody else's. */
export async function undoLast(model: Model, real: Real, at: number): Promise<void> {
  const path = pathOf(real, at);
  const file = fileAt(model, at);
  const [line] = (await real.world.app.edits.history(path)).filter(
    ({ what }) => what === 'changed',
  );
  if (line?.move === undefined) return;
  const plan = await real.world.api.files.planUndo({ file: path });
  if (plan.way === 'refused') return;
  await real.world.api.files.undo({ file: path, write: plan.write, basis: plan.basis });
  const before = new Map(file.standing);
  if (plan.way === 'exact') recall(file, readFileSync(path, 'utf8'));
  else await recallEntries(real, file, line);
  if (line.reason !== 'place' && line.reason !== 'remove') return;
  // What it switched on or off is switched back.
  for (const server of servers) {
    const now = file.standing.get(server)?.kind;
    if (now === before.get(server)?.kind) continue;
    if (now === 'ours') file.placed.add(server);
    else file.placed.delete(server);
  }
}

async function recallEntries(real: Real, file: FileModel, line: HistoryLine): Promise<void> {
  if (line.backup === undefined) {
    // The file was made by that write: it stays, without what is ours.
    for (const [name, { kind }] of file.standing) if (kind === 'ours') file.standing.delete(name);
    return;
  }
  const { bytes } = await real.world.app.edits.openBackup(line.backup);
  const content = file.known.get(new TextDecoder().decode(bytes));
  if (content === undefined) throw new Error('The text before our write never stood there.');
  for (const pointer of line.pointers) {
    const name = pointer.split('/').at(-1) ?? '';
    const old = content.standing.get(name);
    if (old === undefined) file.standing.delete(name);
    else file.standing.set(name, old);
  }
}

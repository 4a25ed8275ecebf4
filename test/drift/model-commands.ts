/** What the model's programs, people and Portcullis itself can do, each checked right after it was done. */
import { readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect } from 'vitest';
import { applyDrift } from '../support/drift-world.ts';
import { createSeam } from '../support/faulty-files.ts';
import { formats } from './files.ts';
import {
  cellOf,
  edited,
  expectRight,
  type FileModel,
  fileAt,
  foreign,
  isWhole,
  launchOf,
  type Model,
  pathOf,
  type Real,
  recall,
  reopen,
  rewrite,
  rowAt,
  type Server,
  servers,
  strangersIn,
} from './model.ts';
import { undoLast } from './model-undo.ts';

type Command = fc.AsyncCommand<Model, Real>;

function command(
  name: string,
  check: (model: Model) => boolean,
  work: (model: Model, real: Real) => Promise<void> | void,
  keepsOthers = false,
): Command {
  return {
    check,
    run: async (model, real) => {
      const before = keepsOthers ? strangersIn(model, real) : new Map<string, readonly string[]>();
      await work(model, real);
      await expectRight(model, real);
      const after = strangersIn(model, real);
      for (const [path, lines] of before) expect(after.get(path)).toEqual(lines);
    },
    toString: () => name,
  };
}

const someFile = fc.nat({ max: formats.length - 1 });
const someServer = fc.constantFrom(...servers);

/** Things that clients, tools and the person do. */
export const outside: fc.Arbitrary<Command>[] = [
  someFile.map((at) =>
    command(
      `wipe ${at}`,
      (model) => isWhole(fileAt(model, at)),
      (model, real) => {
        rewrite(model, real, at, () => undefined);
        fileAt(model, at).standing.clear();
      },
    ),
  ),
  fc.tuple(someFile, someServer).map(([at, name]) =>
    command(
      `drop ${name} from ${at}`,
      (model) => isWhole(fileAt(model, at)),
      (model, real) => {
        rewrite(model, real, at, ({ [name]: _, ...rest }) => rest);
        fileAt(model, at).standing.delete(name);
      },
    ),
  ),
  someFile.map((at) =>
    command(
      `install into ${at}`,
      (model) => isWhole(fileAt(model, at)),
      (model, real) => {
        model.numbers += 1;
        const number = model.numbers;
        const entry = rowAt(at).entry(foreign(number));
        rewrite(model, real, at, (all) => ({ ...all, [`tool-${number}`]: entry }));
        fileAt(model, at).standing.set(`tool-${number}`, { kind: 'foreign', number });
      },
    ),
  ),
  fc.tuple(someFile, someServer).map(([at, name]) =>
    command(
      `edit ${name} in ${at}`,
      (model) => isWhole(fileAt(model, at)),
      (model, real) => {
        rewrite(model, real, at, (all) => ({ ...all, [name]: rowAt(at).entry(edited) }));
        fileAt(model, at).standing.set(name, { kind: 'edited' });
      },
    ),
  ),
  fc.tuple(someFile, someServer).map(([at, server]) =>
    command(
      `write ${server} back into ${at}`,
      (model) => isWhole(fileAt(model, at)),
      (model, real) => {
        const entry = rowAt(at).entry(launchOf(server, real.values[server]));
        rewrite(model, real, at, (all) => ({ ...all, [server]: entry }));
        fileAt(model, at).standing.set(server, { kind: 'exposed', server });
      },
    ),
  ),
  someFile.map((at) =>
    command(
      `reformat ${at}`,
      (model) => isWhole(fileAt(model, at)),
      (model, real) => rewrite(model, real, at, (all) => all),
    ),
  ),
  someFile.map((at) =>
    command(
      `comment in ${at}`,
      (model) => isWhole(fileAt(model, at)) && rowAt(at).comment !== undefined,
      (model, real) => {
        model.numbers += 1;
        const line = `${rowAt(at).comment} note ${model.numbers}`;
        const text = readFileSync(pathOf(real, at), 'utf8');
        writeFileSync(pathOf(real, at), `${line}\n${text}`);
        fileAt(model, at).comments.push(line);
      },
    ),
  ),
  someFile.map((at) =>
    command(
      `replace the link ${at} by a file`,
      (model) => isWhole(fileAt(model, at)) && fileAt(model, at).linked,
      (model, real) => {
        const path = pathOf(real, at);
        const away = realpathSync(path);
        writeFileSync(`${path}.new`, readFileSync(path));
        renameSync(`${path}.new`, path);
        rmSync(away);
        fileAt(model, at).linked = false;
      },
    ),
  ),
  someFile.map((at) =>
    command(
      `break ${at}`,
      (model) => isWhole(fileAt(model, at)),
      (model, real) => {
        const text = readFileSync(pathOf(real, at), 'utf8');
        writeFileSync(pathOf(real, at), `${text}\n{ [ = "`);
        fileAt(model, at).mended = text;
      },
    ),
  ),
  someFile.map((at) =>
    command(
      `mend ${at}`,
      (model) => fileAt(model, at).mended !== undefined,
      (model, real) => {
        const file = fileAt(model, at);
        writeFileSync(pathOf(real, at), file.mended ?? '');
        file.mended = undefined;
      },
    ),
  ),
  someFile.map((at) =>
    command(
      `delete ${at}`,
      (model) => isWhole(fileAt(model, at)),
      (model, real) => {
        const file = fileAt(model, at);
        if (file.linked) rmSync(realpathSync(pathOf(real, at)));
        rmSync(pathOf(real, at));
        file.linked = false;
        file.gone = true;
        file.theme = undefined;
        file.standing.clear();
        file.comments = [];
      },
    ),
  ),
];

function repaired(file: FileModel): void {
  if (file.mended !== undefined) return;
  if (file.placed.size > 0) file.gone = false;
  for (const server of file.placed) file.standing.set(server, { kind: 'ours', server });
}

function repairedAt(model: Model, at: number): void {
  repaired(fileAt(model, at));
}

/** A door that stays open notices, long after what it did before. */
async function actBy(real: Real, at: number, policy: 'repair' | 'adopt'): Promise<void> {
  const { api, app } = real.world;
  const { client } = rowAt(at);
  await api.drift.setPolicy({ client, policy });
  real.now += 120_000;
  await app.drift.noticed();
  await api.drift.setPolicy({ client, policy: null });
}

/** Things that Portcullis is told to do. */
export const inside: fc.Arbitrary<Command>[] = [
  fc.constant(
    command(
      'repair all',
      () => true,
      async (model, real) => {
        await applyDrift(real.world, { all: { action: 'repair' } }, 'all');
        for (const file of model.files) repaired(file);
      },
      true,
    ),
  ),
  fc.integer({ min: 1, max: 400 }).map((at) =>
    command(
      `repair all, the process ending after its call ${at}; then again`,
      () => true,
      async (model, real) => {
        const dying = reopen(real, { wrap: (ports) => createSeam(ports, { act: 'halt', at }) });
        // What fails after the halt is the dead process talking.
        await applyDrift(dying, { all: { action: 'repair' } }, 'all').catch(() => undefined);
        await applyDrift(reopen(real), { all: { action: 'repair' } }, 'all');
        for (const file of model.files) repaired(file);
      },
      true,
    ),
  ),
  fc.constant(
    command(
      'end the process',
      () => true,
      (_, real) => void reopen(real),
    ),
  ),
  someFile.map((at) =>
    command(
      `let the policy repair act on ${at}`,
      () => true,
      async (model, real) => {
        await actBy(real, at, 'repair');
        repairedAt(model, at);
      },
      true,
    ),
  ),
  someFile.map((at) =>
    command(
      `let the policy adopt act on ${at}`,
      // What was edited would change the record, and with it every other file.
      (model) =>
        ![...fileAt(model, at).standing].some(
          ([name, { kind }]) => kind === 'edited' && fileAt(model, at).placed.has(name as Server),
        ),
      async (model, real) => {
        await actBy(real, at, 'adopt');
        const file = fileAt(model, at);
        // What others share is taken over only after a yes, which no policy gives.
        if (!isWhole(file) || rowAt(at).project !== undefined) return;
        for (const server of file.placed)
          if (file.standing.get(server)?.kind === 'exposed')
            file.standing.set(server, { kind: 'ours', server });
      },
    ),
  ),
  fc.tuple(someFile, fc.nat()).map(([at, pick]) =>
    command(
      `restore one of the copies of ${at}`,
      () => true,
      async (model, real) => {
        const file = pathOf(real, at);
        const copies = await real.world.app.edits.listBackups(file);
        const copy = copies[pick % Math.max(copies.length, 1)];
        if (copy === undefined) return;
        await real.world.api.files.restore({ file, id: copy.id });
        recall(fileAt(model, at), readFileSync(file, 'utf8'));
        const { bytes } = await real.world.app.edits.openBackup(copy.id);
        expect(readFileSync(file)).toEqual(Buffer.from(bytes));
      },
    ),
  ),
  someFile.map((at) =>
    command(
      `undo our last write to ${at}`,
      () => true,
      (model, real) => undoLast(model, real, at),
    ),
  ),
  fc.tuple(someFile, someServer, fc.boolean()).map(([at, server, placed]) =>
    command(
      `${placed ? 'place' : 'displace'} ${server} in ${at}`,
      (model) => {
        const file = fileAt(model, at);
        const there = file.standing.get(server);
        if (file.mended !== undefined) return false;
        return placed
          ? !file.placed.has(server) && there === undefined
          : there === undefined || there.kind === 'ours';
      },
      async (model, real) => {
        const action = placed ? ('place' as const) : ('displace' as const);
        const where = { client: rowAt(at).client, file: pathOf(real, at) };
        const { receipts } = await applyDrift(
          real.world,
          { changes: [{ action, server, ...where }] },
          'all',
        );
        expect(receipts.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
        const file = fileAt(model, at);
        if (placed) {
          file.gone = false;
          file.placed.add(server);
          file.standing.set(server, { kind: 'ours', server });
        } else {
          file.placed.delete(server);
          file.standing.delete(server);
        }
      },
      true,
    ),
  ),
  someFile.map((at) =>
    command(
      `act on a foreign entry of ${at}`,
      (model) => isWhole(fileAt(model, at)),
      async (model, real) => {
        const file = fileAt(model, at);
        const [name] = [...file.standing].find(([, { kind }]) => kind === 'foreign') ?? [];
        if (name === undefined) return;
        const cell = await cellOf(real, at, name);
        if (!cell.actions.includes('ignore')) {
          await applyDrift(real.world, { changes: [{ action: 'remove', cell: cell.id }] }, 'all');
          file.standing.delete(name);
          return;
        }
        await applyDrift(real.world, { changes: [{ action: 'ignore', cell: cell.id }] }, 'all');
        file.ignored.add(name);
      },
    ),
  ),
  fc.tuple(someFile, someServer).map(([at, server]) =>
    command(
      `adopt the exposed ${server} of ${at}`,
      (model) =>
        isWhole(fileAt(model, at)) && fileAt(model, at).standing.get(server)?.kind === 'exposed',
      async (model, real) => {
        const cell = await cellOf(real, at, server);
        const { receipts } = await applyDrift(
          real.world,
          { changes: [{ action: 'adopt', cell: cell.id }] },
          'all',
        );
        expect(receipts.map(({ outcome }) => outcome)).toEqual(['done']);
        const file = fileAt(model, at);
        file.placed.add(server);
        file.standing.set(server, { kind: 'ours', server });
      },
    ),
  ),
];

/** The client table, in a bundle of its own: only a server that was given folders needs it. */
import { listClientFiles } from '../../core/launch/client-files.ts';
import type { ListClientFiles } from '../../core/launch/confine.ts';

export const listFiles: ListClientFiles = (machine, folders, files) =>
  listClientFiles(machine, folders, files);

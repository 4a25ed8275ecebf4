/** What the doctor says of a machine on which all is well. */
import type { Check } from '../../shared/models/health.ts';
import { home } from './people.ts';

export function goodChecks(): Check[] {
  return [
    {
      id: 'keychain',
      title: 'Keychain',
      state: 'ok',
      message: 'Secret Service (GNOME Keyring) answers and keeps what it is given.',
    },
    {
      id: 'launcher',
      title: 'Launcher',
      state: 'ok',
      message: `Installed at ${home}/.local/share/portcullis/bin/portcullis.`,
    },
    {
      id: 'sandbox',
      title: 'Confinement',
      state: 'ok',
      message: 'bubblewrap works; servers cannot read each other’s secrets.',
    },
    {
      id: 'path',
      title: 'Search path',
      state: 'note',
      message: 'Your login shell and your clients have different PATHs.',
      hint: 'Portcullis uses the one of your login shell. Nothing to do.',
    },
  ];
}

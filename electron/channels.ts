/** The calls that our page may make of its shell, one row each. What a row does not accept is refused. */
import { issuerAddresses } from '../core/app/addresses.ts';
import type { Autostart } from './autostart.ts';
import { createExternal } from './external.ts';
import type { Channel } from './ipc.ts';
import type { ElectronParts } from './parts.ts';
import { isSwitch, type PreferenceStore } from './preferences.ts';
import type { PortDesk } from './rpc-port.ts';
import { createSaveText, isFileName, mostText } from './save-text.ts';

export interface ChannelParts {
  readonly electron: Pick<ElectronParts, 'shell' | 'dialog'>;
  readonly ports: Pick<PortDesk, 'hand'>;
  readonly autostart: Autostart;
  readonly preferences: PreferenceStore;
}

const takesNothing = (args: readonly unknown[]) => args.length === 0;

export function createChannels(parts: ChannelParts): readonly Channel[] {
  const { electron, ports, autostart, preferences } = parts;
  const open = createExternal(electron, issuerAddresses);
  const save = createSaveText(electron);
  return [
    {
      name: 'portcullis:open-port',
      accepts: takesNothing,
      answer: (_args, { frame, id }) => ports.hand(frame, id),
    },
    {
      name: 'portcullis:open-external',
      accepts: (args) => args.length === 1 && typeof args[0] === 'string',
      answer: ([address]) => open(String(address)),
    },
    {
      name: 'portcullis:save-text',
      accepts: (args) => args.length === 2 && isFileName(args[0]) && typeof args[1] === 'string',
      answer: ([name, text]) => save(String(name), String(text)),
      // Quotes and line ends take two characters each on the way.
      most: 2 * mostText,
    },
    {
      name: 'portcullis:get-autostart',
      accepts: takesNothing,
      answer: () => autostart.get(),
    },
    {
      name: 'portcullis:set-autostart',
      accepts: (args) => args.length === 1 && typeof args[0] === 'boolean',
      answer: ([on]) => autostart.set(on === true),
    },
    {
      name: 'portcullis:get-switches',
      accepts: takesNothing,
      answer: () => {
        const { closeToTray, checksForUpdates } = preferences.read();
        return { closeToTray, checksForUpdates };
      },
    },
    {
      name: 'portcullis:set-switch',
      accepts: ([name, on, ...more]) =>
        isSwitch(name) && typeof on === 'boolean' && more.length === 0,
      answer: ([name, on]) => {
        if (isSwitch(name)) preferences.write({ [name]: on === true });
      },
    },
  ];
}

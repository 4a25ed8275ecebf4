/** The tray: how things are, and the few things one wants without a window. */
import type { MenuItemConstructorOptions, NativeImage } from 'electron';
import type { ElectronParts } from './parts.ts';
import { black, drawTray, type TrayState, white } from './tray-image.ts';

export interface Counts {
  readonly exposed: number;
  readonly protected: number;
  readonly broken: number;
  /** Entries that are not as they should be, those with an exposed secret left out. */
  readonly drifted: number;
}

export interface TrayActions {
  readonly open: () => void;
  readonly scan: () => void;
  readonly quit: () => void;
}

export interface AppTray {
  /** Undefined: not known, because the look failed. */
  show(counts: Counts | undefined): void;
  close(): void;
}

type TrayParts = Pick<ElectronParts, 'Tray' | 'Menu' | 'nativeImage' | 'nativeTheme'>;

export function createTray(
  parts: TrayParts,
  actions: TrayActions,
  platform: NodeJS.Platform,
): AppTray {
  const { Tray, Menu, nativeTheme } = parts;
  let counts: Counts | undefined;
  const tray = new Tray(drawImage(parts, 'calm', platform));
  const draw = () => {
    tray.setImage(drawImage(parts, stateOf(counts), platform));
    tray.setToolTip(`Portcullis: ${describe(counts)}`);
    tray.setContextMenu(Menu.buildFromTemplate(menuFor(counts, actions)));
  };
  tray.on('click', actions.open);
  nativeTheme.on('updated', draw);
  draw();
  return {
    show: (next) => {
      counts = next;
      draw();
    },
    close: () => {
      nativeTheme.off('updated', draw);
      tray.destroy();
    },
  };
}

export function menuFor(
  counts: Counts | undefined,
  { open, scan, quit }: TrayActions,
): MenuItemConstructorOptions[] {
  return [
    { label: describe(counts), enabled: false },
    { type: 'separator' },
    { label: 'Open Portcullis', click: open },
    { label: 'Scan now', click: scan },
    { type: 'separator' },
    { label: 'Quit', click: quit },
  ];
}

export function describe(counts: Counts | undefined): string {
  if (counts === undefined) return 'Open to see what is wrong';
  const { exposed, broken, drifted } = counts;
  const parts = [
    exposed === 0 ? '' : `${exposed} ${exposed === 1 ? 'secret' : 'secrets'} in plain text`,
    drifted === 0 ? '' : `${drifted} ${drifted === 1 ? 'entry' : 'entries'} drifted`,
    broken === 0 ? '' : `${broken} ${broken === 1 ? 'thing needs' : 'things need'} you`,
  ].filter(Boolean);
  return parts.join(', ') || `All is well, ${counts.protected} protected`;
}

function stateOf(counts: Counts | undefined): TrayState {
  if (counts === undefined || counts.broken + counts.drifted > 0) return 'broken';
  return counts.exposed > 0 ? 'exposed' : 'calm';
}

/** macOS tints a template itself; elsewhere the bar is as dark as the system. */
function drawImage(
  { nativeImage, nativeTheme }: TrayParts,
  state: TrayState,
  platform: NodeJS.Platform,
): NativeImage {
  const isTemplate = platform === 'darwin';
  const ink = !isTemplate && nativeTheme.shouldUseDarkColors ? white : black;
  const image = nativeImage.createEmpty();
  for (const scale of [1, 2] as const)
    image.addRepresentation({ scaleFactor: scale, buffer: drawTray(state, ink, scale) });
  image.setTemplateImage(isTemplate);
  return image;
}

/** Where the window opens: where it was, unless that place is gone with its screen. */

export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Place = Pick<Bounds, 'width' | 'height'> & Partial<Bounds>;

export const smallest = { width: 720, height: 480 } as const;
const usual = { width: 1120, height: 760 } as const;
/** Pixels of the window that must be on a screen, so that it can be seen and moved. */
const grip = { width: 160, height: 48 } as const;

/** `screens` are work areas; the first one is the main screen. */
export function placeWindow(saved: Bounds | undefined, screens: readonly Bounds[]): Place {
  const [main = { x: 0, y: 0, ...usual }] = screens;
  const screen = saved && screens.find((one) => isReachable(saved, one));
  if (saved === undefined || screen === undefined) return limitSize(saved ?? usual, main);
  return { x: saved.x, y: saved.y, ...limitSize(saved, screen) };
}

function limitSize({ width, height }: Pick<Bounds, 'width' | 'height'>, screen: Bounds) {
  return {
    width: Math.max(smallest.width, Math.min(width, screen.width)),
    height: Math.max(smallest.height, Math.min(height, screen.height)),
  };
}

/** The title bar is at the top: it must be on the screen, not just some lower corner. */
function isReachable({ x, y, width }: Bounds, screen: Bounds): boolean {
  const across = Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x);
  return across >= grip.width && y >= screen.y && y + grip.height <= screen.y + screen.height;
}

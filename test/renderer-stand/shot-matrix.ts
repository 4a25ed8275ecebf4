/** Every page in every state: a page or a state that is added here is pictured with all of the others. */
import type { SceneName } from './scenes.ts';
import type { Shot } from './shots.ts';

export const narrow = { width: 380, height: 640 } as const;
const wide = { width: 1600, height: 950 } as const;

/** What people see most comes first. */
const lists = {
  overview: '/',
  exposure: '/exposure',
  servers: '/servers',
  clients: '/clients',
  secrets: '/secrets',
  settings: '/settings',
} as const;

/** Pages of one thing, which an empty computer does not have. */
const details = {
  server: '/servers/github',
  client: '/clients/cursor',
} as const;

type State = Pick<Shot, 'scheme' | 'width' | 'height' | 'contrast'> & { readonly scene: SceneName };

const states = {
  light: { scene: 'everyday' },
  dark: { scene: 'trouble', scheme: 'dark' },
  narrow: { scene: 'everyday', ...narrow },
  hostile: { scene: 'hostile' },
  loading: { scene: 'loading' },
  failed: { scene: 'failed' },
} as const satisfies Readonly<Record<string, State>>;

const statesOfLists = {
  ...states,
  wide: { scene: 'crowded', ...wide },
  empty: { scene: 'empty' },
  contrast: { scene: 'trouble', scheme: 'dark', contrast: true },
  crowded: { scene: 'crowded' },
  'crowded-narrow': { scene: 'crowded', scheme: 'dark', ...narrow },
} as const satisfies Readonly<Record<string, State>>;

export const everyPage: readonly Shot[] = [
  ...cross(lists, statesOfLists),
  ...cross(details, states),
];

function cross(
  pages: Readonly<Record<string, string>>,
  all: Readonly<Record<string, State>>,
): readonly Shot[] {
  return Object.entries(pages).flatMap(([page, path]) =>
    Object.entries(all).map(([state, how]) => ({ name: `${page}-${state}`, path, ...how })),
  );
}

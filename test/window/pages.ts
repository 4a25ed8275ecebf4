/** Every page in every state that the tests go through. */
import type { SceneName } from '../renderer-stand/scenes.ts';

const everyPath = ['/', '/exposure', '/servers', '/clients', '/secrets', '/settings'] as const;

export interface PageRow {
  readonly scene: SceneName;
  readonly path: string;
}

const inScenes = (scenes: readonly SceneName[]): readonly PageRow[] =>
  scenes.flatMap((scene) => everyPath.map((path) => ({ scene, path })));

export const pages: readonly PageRow[] = [
  ...inScenes(['first-run', 'empty', 'trouble', 'crowded', 'hostile', 'failed']),
  { scene: 'loading', path: '/' },
  { scene: 'loading', path: '/servers' },
  { scene: 'locked', path: '/' },
  { scene: 'locked', path: '/settings' },
  { scene: 'no-keychain', path: '/settings' },
  { scene: 'interrupted', path: '/' },
  { scene: 'calm', path: '/' },
  { scene: 'trouble', path: '/servers/github' },
  { scene: 'trouble', path: '/clients/windsurf' },
  { scene: 'trouble', path: '/clients/cursor' },
  { scene: 'trouble', path: '/servers/no-such-server' },
  { scene: 'trouble', path: '/servers/view/add' },
  { scene: 'everyday', path: '/exposure/undo/run-1' },
  { scene: 'everyday', path: '/no/such/screen' },
];

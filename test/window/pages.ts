/** Every page in every state that the tests go through, by scene. */
import type { SceneName } from '../renderer-stand/scenes.ts';

const travel = ['/settings/export', '/settings/import'];

const every = ['/', '/exposure', '/servers', '/clients', '/secrets', '/settings'];

export const pages = {
  'first-run': every,
  empty: every,
  crowded: every,
  hostile: [
    ...every,
    ...travel,
    '/servers/github',
    '/servers/github/scope',
    '/servers/view/reach',
    '/servers/view/upgrade',
    '/clients/view/list',
    '/clients/cursor',
  ],
  failed: [...every, ...travel, '/servers/view/upgrade'],
  trouble: [
    ...every,
    '/servers/github',
    '/servers/no-such-server',
    '/servers/view/attention',
    '/clients/windsurf',
    '/clients/cursor',
  ],
  everyday: [
    ...travel,
    '/clients',
    '/servers/github/scope',
    '/servers/slack/scope',
    '/servers/view/reach',
    '/servers/view/upgrade',
    '/clients/cursor',
    '/servers/view/add',
    '/exposure/undo/run-1',
    '/no/such/screen',
  ],
  locked: ['/', '/settings'],
  'no-keychain': ['/', '/settings'],
  interrupted: ['/', '/exposure'],
  choices: ['/exposure', '/clients/windsurf'],
  calm: ['/', '/exposure'],
  loading: ['/', '/servers', '/servers/view/upgrade'],
} as const satisfies Partial<Record<SceneName, readonly string[]>>;

/** The rows of the table; Object.entries forgets the key type. */
export const pageRows = Object.entries(pages) as [keyof typeof pages, readonly string[]][];

/** The command palette: every screen, server, client and main action by name. */
import {
  createSpotlight,
  Spotlight,
  type SpotlightActionGroupData,
  useSpotlight,
} from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import Search from 'lucide-react/icons/search';
import { useLocation } from 'wouter';
import { useConnection } from '../connection.ts';
import { useColorScheme } from '../ui/color-scheme.ts';
import { cutText, escapeText } from '../ui/escape-text.ts';
import { words } from '../words.ts';
import { clientPath, serverPath } from './names.ts';
import classes from './palette.module.css';

const [store, palette] = createSpotlight();

export const openPalette = palette.open;

const screens = [
  ['/', words.nav.overview],
  ['/exposure', words.nav.exposure],
  ['/servers', words.nav.servers],
  ['/clients', words.nav.clients],
  ['/secrets', words.nav.secrets],
  ['/settings', words.nav.settings],
] as const;

const also = words.palette.keywords;
const longestLabel = 120;
const mostShown = 14;

export function Palette() {
  const { queries } = useConnection();
  const { opened } = useSpotlight(store);
  const servers = useQuery({ ...queries.servers(), enabled: opened });
  const clients = useQuery({ ...queries.clients(), enabled: opened });
  const [, go] = useLocation();
  const scheme = useColorScheme();
  const named = (id: string, name: string, to: string, keywords = '') => ({
    id,
    label: escapeText(cutText(name, longestLabel).head),
    keywords,
    onClick: () => go(to),
  });
  const groups: readonly SpotlightActionGroupData[] = [
    {
      group: words.palette.screens,
      actions: screens.map(([to, label]) => named(`screen:${to}`, label, to, also[to])),
    },
    {
      group: words.palette.actions,
      actions: [
        named('review', words.palette.review, '/exposure', also.review),
        named('add', words.palette.addServer, '/servers/view/add', also.add),
        named('reach', words.scope.reach.title, '/servers/view/reach', also.reach),
        named('confine', words.scope.upgrade.title, '/servers/view/upgrade', also.confine),
        named('export', words.transfer.out.title, '/settings/export', also.export),
        named('import', words.transfer.in.title, '/settings/import', also.import),
        {
          id: 'theme',
          label: words.palette.theme,
          keywords: also.theme,
          onClick: () => scheme.toggleColorScheme(),
        },
      ],
    },
    {
      group: words.palette.servers,
      actions: (servers.data ?? []).map(({ record }) =>
        named(`server:${record.id}`, record.name, serverPath(record.id)),
      ),
    },
    {
      group: words.palette.clients,
      actions: (clients.data ?? [])
        .filter(({ detected }) => detected)
        .map(({ id, name }) => named(`client:${id}`, name, clientPath(id))),
    },
  ];
  return (
    <Spotlight
      store={store}
      actions={groups.filter(({ actions }) => actions.length > 0)}
      shortcut={['mod + K']}
      limit={mostShown}
      highlightQuery
      lockScroll={false}
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      nothingFound={words.palette.nothing}
      searchProps={{
        placeholder: words.palette.placeholder,
        'aria-label': words.palette.placeholder,
        leftSection: <Search size="1.1em" aria-hidden="true" />,
      }}
      classNames={classes}
      attributes={{ content: { 'aria-label': words.palette.placeholder } }}
    />
  );
}

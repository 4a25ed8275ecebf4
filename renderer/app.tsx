/** Providers, the frame and the routes. */
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Component, type ReactNode, useEffect, useMemo } from 'react';
import { Link, Redirect, Route, Router, Switch } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import type { Connection } from './api.ts';
import { ConnectionContext } from './connection.ts';
import { createLive } from './live.ts';
import { readMotion, showMotion } from './preferences.ts';
import { createQueries } from './queries.ts';
import { ClientScreen } from './screens/client-screen.tsx';
import { ClientsScreen } from './screens/clients-screen.tsx';
import { ExportScreen } from './screens/export-screen.tsx';
import { ExposureScreen } from './screens/exposure-screen.tsx';
import { Frame } from './screens/frame.tsx';
import { ImportScreen } from './screens/import-screen.tsx';
import { OverviewScreen } from './screens/overview-screen.tsx';
import { ReachScreen } from './screens/reach-screen.tsx';
import { SecretsScreen } from './screens/secrets-screen.tsx';
import { ServerScreen } from './screens/server-screen.tsx';
import { ServersScreen } from './screens/servers-screen.tsx';
import { SettingsScreen } from './screens/settings-screen.tsx';
import { UndoScreen } from './screens/undo-screen.tsx';
import { UpgradeScreen } from './screens/upgrade-screen.tsx';
import { theme } from './theme.ts';
import { Blank, Failed } from './ui/blank.tsx';
import { Page } from './ui/page.tsx';
import { Toasts } from './ui/toasts.tsx';
import { words } from './words.ts';

/** The variables and classes that Mantine would write into the page are in the built CSS instead. */
function Look({ children }: { children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      {children}
    </MantineProvider>
  );
}

export function App({ connection }: { connection: Connection }) {
  const connected = useMemo(() => {
    const cache = new QueryClient({
      defaultOptions: {
        // News says what is out of date; the clock does not. Loopback needs no network.
        queries: { staleTime: Number.POSITIVE_INFINITY, retry: false, networkMode: 'always' },
        mutations: { networkMode: 'always' },
      },
    });
    const { api, shell } = connection;
    const live = createLive({ api, queries: cache });
    return { cache, value: { api, shell, live, queries: createQueries(api) } };
  }, [connection]);
  useEffect(() => connected.value.live.start(), [connected]);
  useEffect(() => showMotion(readMotion()), []);
  return (
    <Look>
      <QueryClientProvider client={connected.cache}>
        <ConnectionContext value={connected.value}>
          <Toasts>
            <Router hook={useHashLocation}>
              <Frame>
                <Screens />
              </Frame>
            </Router>
          </Toasts>
        </ConnectionContext>
      </QueryClientProvider>
    </Look>
  );
}

function Screens() {
  return (
    <Guard>
      <Switch>
        <Route path="/" component={OverviewScreen} />
        <Route path="/exposure" component={ExposureScreen} />
        <Route path="/exposure/undo/:run">{({ run }) => <UndoScreen run={run} />}</Route>
        <Route path="/servers">
          <ServersScreen view="all" />
        </Route>
        <Route path="/servers/view/reach" component={ReachScreen} />
        <Route path="/servers/view/upgrade" component={UpgradeScreen} />
        <Route path="/servers/view/:view">{({ view }) => <ServersScreen view={view} />}</Route>
        <Route path="/servers/:id">{({ id }) => <ServerScreen key={id} id={id} />}</Route>
        <Route path="/servers/:id/scope">
          {({ id }) => <ServerScreen key={id} id={id} tab="scope" />}
        </Route>
        <Route path="/clients">
          <ClientsScreen view="matrix" />
        </Route>
        <Route path="/clients/view/list">
          <ClientsScreen view="list" />
        </Route>
        <Route path="/clients/cell/:cell">
          {({ cell }) => <ClientsScreen key={cell} view="matrix" />}
        </Route>
        <Route path="/clients/:id">{({ id }) => <ClientScreen key={id} id={id} />}</Route>
        <Route path="/secrets" component={SecretsScreen} />
        <Route path="/settings" component={SettingsScreen} />
        <Route path="/settings/export" component={ExportScreen} />
        <Route path="/settings/import" component={ImportScreen} />
        <Route path="">
          <Redirect to="/" />
        </Route>
        <Route>
          <NothingHere />
        </Route>
      </Switch>
    </Guard>
  );
}

function NothingHere() {
  return (
    <Page title={words.notFound.title} name={words.notFound.title}>
      <Blank
        title={words.notFound.title}
        body={words.notFound.body}
        shape="quiet"
        action={<Link href="/">{words.notFound.action}</Link>}
      />
    </Page>
  );
}

/** A screen that throws while drawing must not take the frame with it. */
class Guard extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Page title={words.problems.title} name={words.problems.title}>
        <Failed
          problem={words.problems.screen}
          onRetry={() => {
            window.location.reload();
          }}
        />
      </Page>
    );
  }
}

export function DoorIsClosed() {
  return (
    <Look>
      <main>
        <title>{words.product}</title>
        <Blank
          title={words.doorClosed.title}
          shape="quiet"
          body={
            <>
              {words.doorClosed.body} <code>{words.doorClosed.command}</code>.
            </>
          }
        />
      </main>
    </Look>
  );
}

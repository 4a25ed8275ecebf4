/**
 * The window: React screens over the contract, one bundle for the desktop and the browser. It decides
 * nothing about servers, files or secrets; it shows what the core says and sends what a person chose.
 */
import './mantine.css';
import '@mantine/spotlight/styles.layer.css';
import 'virtual:theme.css';
import '@fontsource-variable/ibm-plex-sans/wght.css';
import '@fontsource/ibm-plex-mono/latin-400.css';
import '@fontsource/ibm-plex-mono/latin-600.css';
import './window.css';
import { createRoot } from 'react-dom/client';
import { connect } from './api.ts';
import { App, DoorIsClosed } from './app.tsx';

const place = document.getElementById('root');
if (place === null) throw new Error('The page has no place for the window.');
const root = createRoot(place);
connect().then(
  (connection) => root.render(<App connection={connection} />),
  () => root.render(<DoorIsClosed />),
);

import { expect, test } from 'vitest';
import { chooseNetwork, isOverruled, noteNetwork } from './network.ts';

const corporate = 'http://proxy.example:8080/';

test('no password is noted, and what is no address is not', () => {
  expect(
    noteNetwork({
      HTTPS_PROXY: 'http://ada:secret@proxy.example:8080',
      http_proxy: 'proxy.example:8080',
      ALL_PROXY: 'http://%%%',
      HTTP_PROXY: '',
      NO_PROXY: 'localhost,.corp',
      NODE_EXTRA_CA_CERTS: '/etc/corp.pem',
      NODE_OPTIONS: '--inspect',
    }),
  ).toEqual({
    HTTPS_PROXY: corporate,
    http_proxy: corporate,
    NO_PROXY: 'localhost,.corp',
    NODE_EXTRA_CA_CERTS: '/etc/corp.pem',
  });
  expect(noteNetwork({ NODE_USE_SYSTEM_CA: '1' })).toEqual({ NODE_USE_SYSTEM_CA: '1' });
  expect(noteNetwork({ NODE_USE_SYSTEM_CA: '0', SSL_CERT_FILE: '/a.pem' })).toEqual({});
  // It would be another file in every folder.
  expect(noteNetwork({ NODE_EXTRA_CA_CERTS: 'corp.pem' })).toEqual({});
});

test('a client adds the password of a proxy that was noted, and nothing else', () => {
  const noted = { HTTPS_PROXY: corporate, NODE_EXTRA_CA_CERTS: '/etc/corp.pem' };
  const theirs = 'http://ada:secret@proxy.example:8080';
  expect(chooseNetwork(noted, { HTTPS_PROXY: theirs })).toEqual({ ...noted, HTTPS_PROXY: theirs });
  const evil = {
    HTTPS_PROXY: 'http://proxy.example.evil:8080',
    https_proxy: 'http://evil',
    NO_PROXY: 'api.example',
    NODE_EXTRA_CA_CERTS: '/repo/ca.pem',
  };
  expect(chooseNetwork(noted, evil)).toEqual(noted);
  expect(chooseNetwork({}, evil)).toEqual({});
});

test('it is known when the client’s proxy is not used', () => {
  const noted = { HTTPS_PROXY: corporate };
  const overruled = (client: Record<string, string>) =>
    isOverruled(chooseNetwork(noted, client), client);
  expect(overruled({})).toBe(false);
  expect(overruled({ HTTPS_PROXY: corporate, NO_PROXY: 'x' })).toBe(false);
  expect(overruled({ HTTPS_PROXY: 'http://a:b@proxy.example:8080' })).toBe(false);
  expect(overruled({ https_proxy: 'http://evil' })).toBe(true);
});

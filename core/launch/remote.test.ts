import { expect, test } from 'vitest';
import { requireSafeRemote } from './remote.ts';

const plain = { headers: {}, carriesSecret: true };

test.each([
  ['another scheme', 'is not an http or https URL', 'file:///etc/passwd'],
  ['plain HTTP beyond this computer', 'over plain HTTP', 'http://192.168.1.5:8080/mcp'],
  [
    'a name that only begins like this computer',
    'over plain HTTP',
    'http://127.0.0.1.example.com/',
  ],
])('refuses %s, and quotes nothing of it', (_, words, url) => {
  expect(() => requireSafeRemote('home', { ...plain, url })).toThrow(words);
  expect(() => requireSafeRemote('home', { ...plain, url })).not.toThrow(url);
});

test('a user name and password become the header that they mean', () => {
  const pass = ['p@ss', 'w%rd'].join(' ');
  const url = `https://ada:${encodeURIComponent(pass)}@host.example/mcp?x=1`;
  const remote = requireSafeRemote('home', { url, headers: { 'X-One': '1' }, carriesSecret: true });
  expect({ ...remote, url: remote.url.href }).toEqual({
    url: 'https://host.example/mcp?x=1',
    headers: {
      'X-One': '1',
      Authorization: `Basic ${Buffer.from(`ada:${pass}`).toString('base64')}`,
    },
  });
});

test('beside an Authorization header they are refused', () => {
  const headers = { authorization: 'Bearer x' };
  const url = 'https://ada@host.example/';
  expect(() => requireSafeRemote('home', { url, headers, carriesSecret: true })).toThrow(
    'beside an Authorization header',
  );
});

test('a header with a line break is refused without its value', () => {
  const headers = { 'X-Key': 'one\r\nX-Other: two' };
  const call = () =>
    requireSafeRemote('home', { url: 'https://host.example/', headers, carriesSecret: true });
  expect(call).toThrow('The header "X-Key" of "home" cannot be sent.');
});

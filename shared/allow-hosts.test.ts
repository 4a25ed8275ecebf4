import { expect, test } from 'vitest';
import { allowHosts } from './allow-hosts.ts';
import type { CredentialScope } from './models/scope.ts';

const scope: CredentialScope = {
  level: 'masked',
  runtime: 'node',
  environment: [],
  folders: [],
  hosts: ['api.example.com'],
};

test('a host that the server chose gets no secret at masked', () => {
  const rows = { TWO: ['two.example.com'] };
  expect(allowHosts({ ...scope, secretHosts: rows }, ['other.example'], ['ONE', 'TWO'])).toEqual({
    ...scope,
    hosts: ['api.example.com', 'other.example'],
    secretHosts: { ONE: ['api.example.com'], TWO: ['two.example.com'] },
  });
  expect(allowHosts({ ...scope, hosts: 'none' }, ['other.example'], ['ONE'])).toMatchObject({
    hosts: ['other.example'],
    secretHosts: { ONE: [] },
  });
});

test('below masked only the list grows, and where there is none nothing changes', () => {
  const listed = { ...scope, level: 'listed-hosts' } as const;
  expect(allowHosts(listed, ['api.example.com', 'b.example'], ['ONE'])).toEqual({
    ...listed,
    hosts: ['api.example.com', 'b.example'],
  });
  const open = { ...scope, level: 'confined', hosts: 'any' } as const;
  expect(allowHosts(open, ['b.example'], ['ONE'])).toBe(open);
});

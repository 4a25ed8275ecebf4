import { expect, test } from 'vitest';
import { createPeers, findUids } from './peer.ts';

const door = { localAddress: '127.0.0.1', localPort: 0x1234 };
const from = (remoteAddress: string, remotePort = 0xc001) => ({
  ...door,
  remoteAddress,
  remotePort,
});
const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1234 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0 100 0 0 10 0
   1: 0100007F:C001 0100007F:1234 01 00000000:00000000 00:00000000 00000000  1000        0 2 1 0 20 4 30 10 -1
   2: 0200007F:C001 0100007F:1234 01 00000000:00000000 00:00000000 00000000  1001        0 3 1 0 20 4 30 10 -1
   3: 0300007F:C001 0100007F:1234 05 00000000:00000000 00:00000000 00000000     0        0 0 1 0 20 4 30 10 -1
   4: 0100007F:1234 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1000        0 4 1 0 20 4 30 10 -1
`;
const table6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000400007F:C001 0000000000000000FFFF00000100007F:1234 01 00000000:00000000 00:00000000 00000000  1002        0 5 1 0 20 4 30 10 -1
   1: B80D0120000000000000000001000000:C001 00000000000000000000000001000000:1234 01 00000000:00000000 00:00000000 00000000  1003        0 6 1 0 20 4 30 10 -1
`;

test('the user at the other end, with that address and no other', () => {
  expect(findUids(table, from('127.0.0.1'))).toEqual([1000]);
  expect(findUids(table, from('127.0.0.2'))).toEqual([1001]);
  expect(findUids(table6, from('127.0.0.4'))).toEqual([1002]);
  const six = { ...from('2001:db8::1'), localAddress: '::1' };
  expect(findUids(table6, six)).toEqual([1003]);
});

test('nobody, when the connection is not in the table or its process has left it', () => {
  expect(findUids(table, from('127.0.0.1', 0xc002))).toEqual([]);
  expect(findUids(table, from('127.0.0.3'))).toEqual([]);
  expect(findUids('', from('127.0.0.1'))).toEqual([]);
});

test('whoever cannot be found is a stranger where the system tells who is who', () => {
  const { isStranger } = createPeers();
  expect(isStranger(from('127.0.0.1', 1))).toBe(process.platform === 'linux');
});

import { expect, test } from 'vitest';
import { findUid } from './peer.ts';

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1234 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0 100 0 0 10 0
   1: 0100007F:C001 0100007F:1234 01 00000000:00000000 00:00000000 00000000  1001        0 2 1 0 20 4 30 10 -1
   2: 0100007F:1234 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1000        0 3 1 0 20 4 30 10 -1
`;

test('the user at the other end, not at ours', () => {
  expect(findUid(table, 0xc001, 0x1234)).toBe(1001);
  expect(findUid(table, 0x1234, 0xc001)).toBe(1000);
});

test('nobody, when the connection is not in the table', () => {
  expect(findUid(table, 0xc002, 0x1234)).toBe(undefined);
  expect(findUid('', 1, 2)).toBe(undefined);
});

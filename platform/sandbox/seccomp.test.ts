import { expect, test } from 'vitest';
import { buildFilter, type FilterArch } from './seccomp.ts';

interface Call {
  readonly arch?: number;
  readonly number: number;
  readonly args?: readonly [number, number, number?];
}

/** Runs the program as the kernel does: an interpreter of the few instructions that it uses. */
function judge(arch: FilterArch, call: Call): number {
  const program = new DataView(buildFilter(arch).buffer);
  const data: Readonly<Record<number, number>> = {
    0: call.number,
    4: call.arch ?? (arch === 'x64' ? 0xc000003e : 0xc00000b7),
    16: call.args?.[0] ?? 0,
    24: call.args?.[1] ?? 0,
    32: call.args?.[2] ?? 0,
  };
  let accumulator = 0;
  for (let at = 0; at < program.byteLength; at += 8) {
    const code = program.getUint16(at, true);
    const value = program.getUint32(at + 4, true);
    if (code === 0x06) return value;
    if (code === 0x20) accumulator = (data[value] ?? 0) >>> 0;
    else if (code === 0x54) accumulator &= value;
    else {
      const holds = code === 0x15 ? accumulator === value : accumulator >= value;
      at += 8 * program.getUint8(at + (holds ? 2 : 3));
    }
  }
  throw new Error('The program ran past its end.');
}

const allow = 0x7fff0000;
const eperm = 0x00050001;
const enosys = 0x00050026;
const afNoSupport = 0x00050061;
const protocolNoSupport = 0x0005005d;
const kill = 0x80000000;

test.each([
  ['x64', { socket: 41, pair: 53, keyctl: 250, read: 0, ioctl: 16, ptrace: 101, write: 311 }],
  ['arm64', { socket: 198, pair: 199, keyctl: 219, read: 63, ioctl: 29, ptrace: 117, write: 271 }],
] as const)('the filter of %s', (arch, { socket, pair, keyctl, read, ioctl, ptrace, write }) => {
  const ask = (number: number, first = 0, second = 0, third = 0) =>
    judge(arch, { number, args: [first, second, third] });
  const families = Array.from({ length: 46 }, (_, family) => family);
  expect(families.filter((family) => ask(socket, family, 1) === allow)).toEqual([2, 10, 16]);
  expect(ask(socket, 1, 1)).toBe(afNoSupport);
  // Of the sockets to the kernel only those that tell of interfaces.
  const protocols = Array.from({ length: 23 }, (_, protocol) => protocol);
  expect(protocols.filter((protocol) => ask(socket, 16, 3, protocol) === allow)).toEqual([0]);
  expect(ask(socket, 16, 3, 9)).toBe(protocolNoSupport);
  const stream = 1;
  const cloexec = 0o2000000;
  expect([1, 2, 3, 5].map((type) => ask(pair, 1, type))).toEqual([allow, eperm, eperm, allow]);
  expect([ask(pair, 1, stream | cloexec), ask(pair, 1, 2 | cloexec)]).toEqual([allow, eperm]);
  expect(ask(pair, 40, 1)).toBe(eperm);
  expect([425, 426, 427, keyctl, read].map((number) => ask(number))).toEqual([
    enosys,
    enosys,
    enosys,
    eperm,
    allow,
  ]);
  // Attaching to the sandbox's own first process, and to another one.
  expect([ask(ptrace, 16, 1), ask(ptrace, 0x4206, 1), ask(ptrace, 16, 7)]).toEqual([
    eperm,
    eperm,
    allow,
  ]);
  expect([ask(write, 1), ask(write, 7)]).toEqual([eperm, allow]);
  // Typing into a terminal, and asking for its size.
  expect([ask(ioctl, 0, 0x5412), ask(ioctl, 0, 0x541c), ask(ioctl, 0, 0x5413)]).toEqual([
    eperm,
    eperm,
    allow,
  ]);
  expect(judge(arch, { number: read, arch: 0x40000003 })).toBe(kill);
});

test('the other calling convention of x64 is not a way around', () => {
  expect(judge('x64', { number: 0x40000000 + 41, args: [1, 1] })).toBe(enosys);
});

test('the bytes, whole: what the kernel gets does not change unseen', () => {
  const words = (arch: FilterArch) => Buffer.from(buildFilter(arch)).toString('hex');
  expect(words('x64').match(/.{16}/g)).toMatchInlineSnapshot(`
    [
      "2000000004000000",
      "150000263e0000c0",
      "2000000000000000",
      "3500230000000040",
      "1500130029000000",
      "15001a0035000000",
      "15002000a9010000",
      "15001f00aa010000",
      "15001e00ab010000",
      "15001c00f8000000",
      "15001b00f9000000",
      "15001a00fa000000",
      "1500030065000000",
      "1500040037010000",
      "1500050010000000",
      "060000000000ff7f",
      "2000000018000000",
      "1500141701000000",
      "2000000010000000",
      "1500121501000000",
      "2000000018000000",
      "1500100012540000",
      "15000f001c540000",
      "060000000000ff7f",
      "2000000010000000",
      "15000f0002000000",
      "15000e000a000000",
      "1500010010000000",
      "0600000061000500",
      "2000000020000000",
      "15000a0000000000",
      "060000005d000500",
      "2000000010000000",
      "1500000401000000",
      "2000000018000000",
      "540000000f000000",
      "1500040001000000",
      "1500030005000000",
      "0600000001000500",
      "0600000026000500",
      "0600000000000080",
      "060000000000ff7f",
    ]
  `);
  expect(words('arm64').length).toBe(words('x64').length - 16);
});

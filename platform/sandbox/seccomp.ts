/**
 * The system-call filter of a confined server, as the bytes of a classic BPF program. It closes what
 * namespaces leave open: sockets by path and by abstract name (session bus, keychain, X11, agents,
 * Docker), hypervisor sockets, the kernel's keyrings, `io_uring`, which would make sockets unseen, a hand in
 * the process that ends the sandbox with its client, and words put into a terminal as if they were typed.
 */

interface Numbers {
  readonly audit: number;
  readonly socket: number;
  readonly socketpair: number;
  /** add_key, request_key, keyctl. */
  readonly keys: readonly number[];
  readonly ioctl: number;
  readonly ptrace: number;
  /** process_vm_writev. */
  readonly writeMemory: number;
  /** From here on numbers belong to another calling convention of the same processor. */
  readonly foreign?: number;
}

const numbers = {
  x64: {
    audit: 0xc000003e,
    socket: 41,
    socketpair: 53,
    keys: [248, 249, 250],
    ioctl: 16,
    ptrace: 101,
    writeMemory: 311,
    foreign: 0x40000000,
  },
  arm64: {
    audit: 0xc00000b7,
    socket: 198,
    socketpair: 199,
    keys: [217, 218, 219],
    ioctl: 29,
    ptrace: 117,
    writeMemory: 271,
  },
} as const satisfies Record<string, Numbers>;

export type FilterArch = keyof typeof numbers;

/** The same on every processor. */
const ioUring = [425, 426, 427];

const errno = { EPERM: 1, ENOSYS: 38, EPROTONOSUPPORT: 93, EAFNOSUPPORT: 97 } as const;
const allow = 0x7fff0000;
const killProcess = 0x80000000;
const refuse = (number: number) => 0x00050000 | number;

/** AF_INET, AF_INET6. */
const families = [2, 10];
/** AF_NETLINK, of which names of interfaces need NETLINK_ROUTE alone: the rest speaks to firewalls, audit, devices. */
const netlink = 16;
const netlinkRoute = 0;
const unix = 1;
/** SOCK_STREAM and SOCK_SEQPACKET: their pairs cannot be pointed at another address, datagrams can. */
const pairTypes = [1, 5];

/** The first process of the sandbox, which is bubblewrap's: it ends with the client, and all others with it. */
const sandboxItself = 1;
/** TIOCSTI and TIOCLINUX. */
const typing = [0x5412, 0x541c];

const offsets = { number: 0, arch: 4, first: 16, second: 24, third: 32 } as const;
const load = 0x20;
const jumpEqual = 0x15;
const jumpAtLeast = 0x35;
const and = 0x54;
const answer = 0x06;

interface Step {
  readonly code: number;
  readonly value: number;
  /** Labels to go on at; absent means the next step. */
  readonly yes?: string;
  readonly no?: string;
  readonly label?: string;
}

export function isFilterArch(arch: string): arch is FilterArch {
  return Object.hasOwn(numbers, arch);
}

/** The program for one processor, in the byte order of both (little endian). */
export function buildFilter(arch: FilterArch): Uint8Array {
  const row: Numbers = numbers[arch];
  return assemble([
    { code: load, value: offsets.arch },
    { code: jumpEqual, value: row.audit, no: 'kill' },
    { code: load, value: offsets.number },
    ...(row.foreign === undefined
      ? []
      : [{ code: jumpAtLeast, value: row.foreign, yes: 'absent' }]),
    { code: jumpEqual, value: row.socket, yes: 'socket' },
    { code: jumpEqual, value: row.socketpair, yes: 'pair' },
    ...ioUring.map((value) => ({ code: jumpEqual, value, yes: 'absent' })),
    ...row.keys.map((value) => ({ code: jumpEqual, value, yes: 'denied' })),
    { code: jumpEqual, value: row.ptrace, yes: 'ptrace' },
    { code: jumpEqual, value: row.writeMemory, yes: 'writeMemory' },
    { code: jumpEqual, value: row.ioctl, yes: 'ioctl' },
    { code: answer, value: allow },
    { label: 'ptrace', code: load, value: offsets.second },
    { code: jumpEqual, value: sandboxItself, yes: 'denied', no: 'allow' },
    { label: 'writeMemory', code: load, value: offsets.first },
    { code: jumpEqual, value: sandboxItself, yes: 'denied', no: 'allow' },
    { label: 'ioctl', code: load, value: offsets.second },
    ...typing.map((value) => ({ code: jumpEqual, value, yes: 'denied' })),
    { code: answer, value: allow },
    { label: 'socket', code: load, value: offsets.first },
    ...families.map((value) => ({ code: jumpEqual, value, yes: 'allow' })),
    { code: jumpEqual, value: netlink, yes: 'netlink' },
    { code: answer, value: refuse(errno.EAFNOSUPPORT) },
    { label: 'netlink', code: load, value: offsets.third },
    { code: jumpEqual, value: netlinkRoute, yes: 'allow' },
    { code: answer, value: refuse(errno.EPROTONOSUPPORT) },
    { label: 'pair', code: load, value: offsets.first },
    { code: jumpEqual, value: unix, no: 'denied' },
    { code: load, value: offsets.second },
    // Flags such as SOCK_CLOEXEC stand above the type.
    { code: and, value: 0x0f },
    ...pairTypes.map((value) => ({ code: jumpEqual, value, yes: 'allow' })),
    { label: 'denied', code: answer, value: refuse(errno.EPERM) },
    { label: 'absent', code: answer, value: refuse(errno.ENOSYS) },
    { label: 'kill', code: answer, value: killProcess },
    { label: 'allow', code: answer, value: allow },
  ]);
}

function assemble(steps: readonly Step[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(steps.length * 8));
  const distance = (from: number, label: string | undefined) =>
    label === undefined ? 0 : steps.findIndex((step) => step.label === label) - from - 1;
  for (const [at, { code, value, yes, no }] of steps.entries()) {
    bytes.setUint16(at * 8, code, true);
    bytes.setUint8(at * 8 + 2, distance(at, yes));
    bytes.setUint8(at * 8 + 3, distance(at, no));
    bytes.setUint32(at * 8 + 4, value, true);
  }
  return new Uint8Array(bytes.buffer);
}

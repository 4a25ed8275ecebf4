/**
 * Just enough D-Bus to ask a provider simple questions: a private connection to the session bus,
 * method calls with text arguments, answers of one text or one truth value. A package for this would
 * be larger than all of the keychain code.
 */
import { connect, type Socket } from 'node:net';
import { unescapeAddress } from './session-bus.ts';

export interface DbusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly args?: readonly string[];
}

export interface DbusConnection {
  /** Answers the first value of the reply; fails with `DbusError`. */
  call(call: DbusCall): Promise<string | boolean | undefined>;
  close(): void;
}

export class DbusError extends Error {
  /** `org.freedesktop.DBus.Error.ServiceUnknown`, …; empty when the connection broke. */
  readonly dbusName: string;

  constructor(dbusName: string) {
    super(dbusName);
    this.name = 'DbusError';
    this.dbusName = dbusName;
  }
}

interface Reply {
  readonly serial: number;
  readonly error: string | undefined;
  readonly value: string | boolean | undefined;
}

interface Waiting {
  readonly resolve: (value: string | boolean | undefined) => void;
  readonly reject: (error: DbusError) => void;
}

const methodReturn = 2;
const methodError = 3;
const fieldTypes = { path: 1, interface: 2, member: 3, destination: 6, signature: 8 } as const;
const replySerialField = 5;
const errorNameField = 4;
const fixedHeader = 16;

/** Connects, proves who we are by our user id, and registers on the bus. */
export async function connectDbus(address: string, uid: number): Promise<DbusConnection> {
  const socket = connect(socketPath(address));
  const waiting = new Map<number, Waiting>();
  const breakAll = () => {
    for (const { reject } of waiting.values()) reject(new DbusError(''));
    waiting.clear();
  };
  socket.on('close', breakAll);
  // `close` follows and says it to whoever waits.
  socket.on('error', () => undefined);
  await authenticate(socket, uid);
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let size = messageSize(rest); size !== undefined && rest.length >= size; ) {
      const reply = readReply(rest.subarray(0, size));
      rest = rest.subarray(size);
      size = messageSize(rest);
      if (reply === undefined) continue;
      const caller = waiting.get(reply.serial);
      waiting.delete(reply.serial);
      if (reply.error === undefined) caller?.resolve(reply.value);
      else caller?.reject(new DbusError(reply.error));
    }
  });
  let serial = 0;
  const call = (request: DbusCall) =>
    new Promise<string | boolean | undefined>((resolve, reject) => {
      serial += 1;
      waiting.set(serial, { resolve, reject });
      if (socket.destroyed) breakAll();
      else socket.write(encodeCall(serial, request));
    });
  const bus = 'org.freedesktop.DBus';
  await call({ destination: bus, path: '/org/freedesktop/DBus', interface: bus, member: 'Hello' });
  return { call, close: () => socket.destroy() };
}

/** An abstract name is used only because the environment names it, never as a guess. */
function socketPath(address: string): string {
  for (const one of address.split(';')) {
    const [, kind, name] = /^unix:(?:[^,]+,)*(path|abstract)=([^,]+)/.exec(one) ?? [];
    if (name !== undefined) return (kind === 'abstract' ? '\0' : '') + unescapeAddress(name);
  }
  throw new DbusError('');
}

function authenticate(socket: Socket, uid: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new DbusError(''));
    socket.once('error', fail);
    socket.once('close', fail);
    socket.once('connect', () => {
      socket.write(`\0AUTH EXTERNAL ${Buffer.from(String(uid)).toString('hex')}\r\n`);
    });
    socket.once('data', (line: Buffer) => {
      if (!line.toString('latin1').startsWith('OK ')) return fail();
      socket.write('BEGIN\r\n');
      resolve();
    });
  });
}

/** Little endian, which every bus accepts whatever its own order. */
function encodeCall(serial: number, call: DbusCall): Buffer {
  const args = call.args ?? [];
  const body = joinAligned(args.map((text) => ({ align: 4, bytes: encodeText(text) })));
  const signature = 's'.repeat(args.length);
  const field = (code: number, type: string, text: string) => ({
    align: 8,
    bytes: Buffer.concat([
      Buffer.from([code, 1, type.charCodeAt(0), 0]),
      type === 'g' ? Buffer.from(`${String.fromCharCode(text.length)}${text}\0`) : encodeText(text),
    ]),
  });
  const fields = joinAligned([
    field(fieldTypes.path, 'o', call.path),
    field(fieldTypes.interface, 's', call.interface),
    field(fieldTypes.member, 's', call.member),
    field(fieldTypes.destination, 's', call.destination),
    ...(signature === '' ? [] : [field(fieldTypes.signature, 'g', signature)]),
  ]);
  const start = Buffer.alloc(fixedHeader);
  start.write('l\x01\0\x01', 'latin1');
  start.writeUInt32LE(body.length, 4);
  start.writeUInt32LE(serial, 8);
  start.writeUInt32LE(fields.length, 12);
  return joinAligned([
    { align: 1, bytes: Buffer.concat([start, fields]) },
    { align: 8, bytes: body },
  ]);
}

function encodeText(text: string): Buffer {
  const bytes = Buffer.from(`${text}\0`, 'utf8');
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes.length - 1, 0);
  return Buffer.concat([size, bytes]);
}

function joinAligned(pieces: readonly { align: number; bytes: Buffer }[]): Buffer {
  return pieces.reduce<Buffer>((before, { align, bytes }) => {
    const padding = Buffer.alloc(alignTo(before.length, align) - before.length);
    return Buffer.concat([before, padding, bytes]);
  }, Buffer.alloc(0));
}

function alignTo(offset: number, align: number): number {
  return Math.ceil(offset / align) * align;
}

/** Undefined while the fixed part of the header is not there yet. */
function messageSize(bytes: Buffer): number | undefined {
  if (bytes.length < fixedHeader) return undefined;
  const read = reader(bytes);
  return alignTo(fixedHeader + read.word(12), 8) + read.word(4);
}

function reader(bytes: Buffer) {
  const little = bytes[0] === 'l'.charCodeAt(0);
  const word = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const text = (at: number) => bytes.toString('utf8', at + 4, at + 4 + word(at));
  return { word, text };
}

/** Undefined for signals and for calls to us, which nobody awaits. */
function readReply(bytes: Buffer): Reply | undefined {
  const type = bytes[1];
  if (type !== methodReturn && type !== methodError) return undefined;
  const fields = readFields(bytes);
  const serial = fields.get(replySerialField);
  const error = fields.get(errorNameField);
  if (typeof serial !== 'number') return undefined;
  const bodyStart = alignTo(fixedHeader + reader(bytes).word(12), 8);
  const signature = fields.get(fieldTypes.signature);
  return {
    serial,
    error: type === methodError ? String(error ?? 'unknown') : undefined,
    value: readValue(bytes, bodyStart, typeof signature === 'string' ? signature : ''),
  };
}

function readFields(bytes: Buffer): ReadonlyMap<number, string | number> {
  const { word, text } = reader(bytes);
  const fields = new Map<number, string | number>();
  const end = fixedHeader + word(12);
  for (let at = fixedHeader; at < end; ) {
    at = alignTo(at, 8);
    const code = bytes.readUInt8(at);
    const type = String.fromCharCode(bytes.readUInt8(at + 2));
    at += 4;
    if (type === 'g') {
      const size = bytes.readUInt8(at);
      fields.set(code, bytes.toString('latin1', at + 1, at + 1 + size));
      at += size + 2;
    } else if (type === 's' || type === 'o') {
      fields.set(code, text(at));
      at += 4 + word(at) + 1;
    } else {
      fields.set(code, word(at));
      at += 4;
    }
  }
  return fields;
}

/** The first value of a body: text, an object path, or a truth value, also inside a variant. */
function readValue(bytes: Buffer, at: number, signature: string): string | boolean | undefined {
  const { word, text } = reader(bytes);
  if (/^[so]/.test(signature)) return text(at);
  if (signature.startsWith('b')) return word(at) === 1;
  if (!signature.startsWith('v')) return undefined;
  const size = bytes.readUInt8(at);
  const inner = bytes.toString('latin1', at + 1, at + 1 + size);
  return readValue(bytes, alignTo(at + size + 2, 4), inner);
}

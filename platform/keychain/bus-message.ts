/** The part of the D-Bus wire format (D-Bus Specification, "Message Protocol") that reading a secret needs. */

export interface Call {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: (write: Writer) => unknown;
}

export interface Reply {
  readonly kind: 'return' | 'error' | 'other';
  /** Serial of the call it answers; 0 for a message that answers none. */
  readonly to: number;
  readonly signature: string;
  /** Reads the body, value by value, in the order of the signature. */
  readonly read: Reader;
  /** Bytes of the whole message. */
  readonly length: number;
}

const littleEndian = 0x6c;
const fixedHeader = 16;
const fieldCode = {
  path: 1,
  interface: 2,
  member: 3,
  replySerial: 5,
  destination: 6,
  signature: 8,
};

/** A method call as bytes, little endian. */
export function renderCall(serial: number, call: Call): Buffer {
  const body = new Writer();
  call.body?.(body);
  const content = body.bytes();
  const fields = new Writer(fixedHeader);
  const field = (code: number, type: string, value: string) => {
    fields.align(8).byte(code).signature(type);
    if (type === 'g') fields.signature(value);
    else fields.text(value);
  };
  field(fieldCode.path, 'o', call.path);
  field(fieldCode.interface, 's', call.interface);
  field(fieldCode.member, 's', call.member);
  field(fieldCode.destination, 's', call.destination);
  if (call.signature !== undefined) field(fieldCode.signature, 'g', call.signature);
  const fieldBytes = fields.bytes();
  const start = new Writer()
    .byte(littleEndian)
    .byte(1)
    .byte(0)
    .byte(1)
    .number(content.length)
    .number(serial)
    .number(fieldBytes.length)
    .bytes();
  const padding = Buffer.alloc(-fieldBytes.length & 7);
  return Buffer.concat([start, fieldBytes, padding, content]);
}

/** The first whole message in the bytes, or undefined while more must come. Throws when malformed. */
export function readReply(bytes: Buffer): Reply | undefined {
  if (bytes.length < fixedHeader) return undefined;
  if (bytes[0] !== littleEndian) throw new Error('The answer is not little endian.');
  const bodyLength = bytes.readUInt32LE(4);
  const fieldsLength = bytes.readUInt32LE(12);
  const bodyStart = (fixedHeader + fieldsLength + 7) & ~7;
  const length = bodyStart + bodyLength;
  if (bytes.length < length) return undefined;
  let to = 0;
  let signature = '';
  const fields = new Reader(bytes.subarray(0, fixedHeader + fieldsLength), fixedHeader);
  while (!fields.atEnd) {
    const code = fields.align(8).byte();
    const type = fields.signature();
    if (type === 'u') {
      const value = fields.number();
      if (code === fieldCode.replySerial) to = value;
    } else {
      const value = type === 'g' ? fields.signature() : fields.text();
      if (code === fieldCode.signature) signature = value;
    }
  }
  const kind = bytes[1] === 2 ? 'return' : bytes[1] === 3 ? 'error' : 'other';
  return { kind, to, signature, read: new Reader(bytes.subarray(bodyStart, length), 0), length };
}

/** Appends values with the alignment that the format asks for. */
export class Writer {
  readonly #chunks: Buffer[] = [];
  readonly #start: number;
  #length = 0;

  /** `start` is where in the message the first byte will stand. */
  constructor(start = 0) {
    this.#start = start;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  align(size: number): this {
    return this.#push(Buffer.alloc(-(this.#start + this.#length) & (size - 1)));
  }

  byte(value: number): this {
    return this.#push(Buffer.from([value]));
  }

  number(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return this.align(4).#push(bytes);
  }

  text(value: string): this {
    const bytes = Buffer.from(`${value}\0`);
    return this.number(bytes.length - 1).#push(bytes);
  }

  signature(value: string): this {
    return this.byte(value.length).#push(Buffer.from(`${value}\0`, 'latin1'));
  }

  variantText(value: string): this {
    return this.signature('s').text(value);
  }

  textMap(map: Readonly<Record<string, string>>): this {
    // An array's length leaves out the padding before its first element.
    const entries = new Writer();
    for (const [key, value] of Object.entries(map)) entries.align(8).text(key).text(value);
    return this.number(entries.#length).align(8).#push(entries.bytes());
  }

  #push(bytes: Buffer): this {
    if (bytes.length > 0) this.#chunks.push(bytes);
    this.#length += bytes.length;
    return this;
  }
}

/** Reads values in turn. Throws RangeError when the bytes end too early. */
export class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  align(size: number): this {
    this.#at = (this.#at + size - 1) & -size;
    return this;
  }

  byte(): number {
    this.#at += 1;
    return this.#bytes.readUInt8(this.#at - 1);
  }

  number(): number {
    this.align(4);
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  text(): string {
    return this.#take(this.number(), 1).toString('utf8');
  }

  signature(): string {
    return this.#take(this.byte(), 1).toString('latin1');
  }

  variantText(): string {
    if (this.signature() !== 's') throw new Error('The answer has another type.');
    return this.text();
  }

  /** An array of texts or object paths. */
  texts(): readonly string[] {
    const length = this.number();
    const end = this.#at + length;
    const values: string[] = [];
    while (this.#at < end) values.push(this.text());
    return values;
  }

  /** The value in a Secret Service `Secret` struct (session, parameters, value, content type). */
  secretValue(): string {
    this.align(8).text();
    this.#take(this.number(), 0);
    return this.#take(this.number(), 0).toString('utf8');
  }

  #take(length: number, after: number): Buffer {
    const end = this.#at + length;
    if (end + after > this.#bytes.length) throw new RangeError('The answer ends too early.');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end + after;
    return taken;
  }
}

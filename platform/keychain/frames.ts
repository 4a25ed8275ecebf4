/** Messages over a byte pipe: four bytes of length, then UTF-8 JSON. */

/** A megabyte of text may be six in JSON when every character needs an escape. */
const longestFrame = 8 * 1_048_576;
const headerSize = 4;

export function encodeFrame(message: unknown): Uint8Array {
  const body = Buffer.from(JSON.stringify(message), 'utf8');
  const frame = Buffer.alloc(headerSize + body.byteLength);
  frame.writeUInt32BE(body.byteLength, 0);
  body.copy(frame, headerSize);
  return frame;
}

/** Feeds on chunks as they come and hands on whole messages. Throws on a frame of absurd length. */
export function createFrameReader(
  receive: (message: unknown) => void,
): (chunk: Uint8Array) => void {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let wanted = headerSize;
  return (chunk) => {
    chunks.push(chunk);
    size += chunk.byteLength;
    // Joining only when a whole frame is there keeps large messages linear.
    while (size >= wanted) {
      const joined = Buffer.concat(chunks);
      const length = joined.readUInt32BE(0);
      if (length > longestFrame) throw new Error('The frame is too long.');
      wanted = headerSize + length;
      chunks = [joined];
      if (size < wanted) return;
      receive(JSON.parse(joined.toString('utf8', headerSize, wanted)));
      chunks = [joined.subarray(wanted)];
      size -= wanted;
      wanted = headerSize;
    }
  };
}

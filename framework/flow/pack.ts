/** Entries of the cache take less where that is cheap: masks hold few different numbers, pictures do not. */
import { promisify } from 'node:util';
import { constants, deflateRaw, deflateRawSync, inflateRaw, inflateRawSync } from 'node:zlib';

/** In the place of the header's length, which is never so large (see `encode`). */
const packedMark = 0xffffffff;
const prefix = 4;
const probeBytes = 4096;
/** Smaller ones are packed and unpacked in place: another thread costs more. A mask of 112 px takes 50 kB, and packed some hundred bytes. */
const handOverBytes = 2 ** 16;
const handOverPackedBytes = 2 ** 14;
/** Room for what comes out. */
const oneChunk = { chunkSize: 2 ** 16 };
const fast = { level: constants.Z_BEST_SPEED };

/** Deflated bytes behind a mark where a probe from the middle shrinks by half; else the bytes of `encode` themselves. */
export async function pack(bytes: Buffer): Promise<Buffer> {
  const middle = Math.max(0, Math.floor((bytes.length - probeBytes) / 2));
  const probe = bytes.subarray(middle, middle + probeBytes);
  if (probe.length < probeBytes || deflateRawSync(probe, fast).length > probeBytes / 2) return bytes;
  const mark = Buffer.alloc(prefix);
  mark.writeUInt32LE(packedMark);
  return Buffer.concat([mark, bytes.length < handOverBytes ? deflateRawSync(bytes, fast) : await promisify(deflateRaw)(bytes, fast) as Buffer]);
}

/** The bytes that `pack` was given. Rejects when they are damaged. */
export async function unpack(bytes: Buffer): Promise<Buffer> {
  if (bytes.length < prefix || bytes.readUInt32LE() !== packedMark) return bytes;
  const packed = bytes.subarray(prefix);
  return packed.length < handOverPackedBytes ? inflateRawSync(packed, oneChunk) : await promisify(inflateRaw)(packed, oneChunk) as Buffer;
}

/**
 * Small JPEG files as most data sets of faces have them, decoded in place: 1 ms for 250 × 250 pixels, where handing them to the threads of `sharp`
 * takes the processor 3. It is the same libjpeg-turbo, compiled to WebAssembly, and gives the same bits; from 512 × 512 on, `sharp` is faster.
 */
import loadDecoder, { type JpegDecoder } from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs';
import type { Photo } from '../../preprocess/index.js';

const smallPixels = 512 ** 2;
const mostBytes = 1 << 20;

/** Markers of ITU-T T.81, table B.1, and of JFIF. */
const marker = { baseline: 0xc0, progressive: 0xc2, huffman: 0xc4, start: 0xd8, scan: 0xda, quantisation: 0xdb, restart: 0xdd, jfif: 0xe0, comment: 0xfe } as const;
const plainMarkers = new Set<number>([marker.huffman, marker.quantisation, marker.restart, marker.jfif, marker.comment]);

let loading: ReturnType<typeof loadDecoder> | undefined;
let decoder: JpegDecoder | undefined;

/**
 * The pixels of a plain JPEG file; undefined for any other file, for one of more than `mostPixels`, and for one that is damaged. Plain is a file of three channels and 8 bits that
 * says nothing of colour profiles or of how it is to be turned.
 */
export async function decodePlainJpeg(bytes: Buffer, mostPixels: number): Promise<Photo | undefined> {
  const pixels = pixelsOfPlain(bytes);
  if (pixels === undefined || pixels > Math.min(mostPixels, smallPixels) || bytes.length > mostBytes) return undefined;
  const { JPEGDecoder } = await (loading ??= loadDecoder());
  try {
    decoder ??= new JPEGDecoder();
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const { width, height } = decoder.getFrameInfo();
    return { width, height, data: new Uint8Array(decoder.getDecodedBuffer()) };
  } catch (error) {
    if (typeof error === 'number') decoder?.delete();
    else loading = undefined; // it broke off in the midst of its work: its memory is not to be trusted
    decoder = undefined;
    return undefined;
  }
}

/** Width times height of a plain JPEG file; undefined for any other. */
function pixelsOfPlain(bytes: Buffer): number | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== (0xff00 | marker.start)) return undefined;
  let pixels: number | undefined;
  for (let at = 2; at + 12 <= bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    const kind = bytes[at + 1];
    if (bytes[at] !== 0xff) return undefined;
    if (kind === marker.scan) return pixels;
    if (kind === marker.baseline || kind === marker.progressive) {
      const [precision, height, width, channels] = [bytes[at + 4], bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7), bytes[at + 9]];
      if (precision !== 8 || channels !== 3) return undefined;
      pixels = width * height;
    } else if (!plainMarkers.has(kind)) return undefined;
  }
  return undefined;
}

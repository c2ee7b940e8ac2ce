/** JPEG files decoded in place against `sharp`, which decodes all others: the same bits, and pixels for no file that `sharp` refuses. */
import sharp, { type Sharp } from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodePlainJpeg } from '../host/plain-jpeg.js';

/** Smooth and rough parts in all channels. */
function picture(width: number, height: number): Sharp {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    const [x, y] = [Math.floor(index / 3) % width, Math.floor(index / 3 / width)];
    return 128 + 80 * Math.sin(x / 9 + index % 3) + 40 * Math.cos((x * y) / 7);
  });
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** As `decode-photo.ts` asks for it. */
async function bySharp(bytes: Buffer): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await sharp(bytes).autoOrient().flatten({ background: '#000000' }).toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer());
  } catch {
    return undefined;
  }
}

/** Which bytes differ, in few words: hundreds of thousands of them would fill the screen. */
function same(photo: Uint8Array | undefined, expected: Uint8Array | undefined, what: string): void {
  assert.is(Boolean(photo), Boolean(expected), `${what}: decoded at all`);
  assert.is(photo?.length, expected?.length, what);
  assert.is(photo?.findIndex((value, index) => value !== expected![index]) ?? -1, -1, `${what}: first byte that differs`);
}

const plain = { 'as most': {}, 'every colour': { chromaSubsampling: '4:4:4' }, progressive: { progressive: true }, rough: { quality: 12 }, fine: { quality: 100, optimiseCoding: false } };

test('the same bits as `sharp`, whatever the size', async () => {
  for (const [width, height] of [[1, 1], [7, 13], [16, 16], [333, 251], [512, 512]]) {
    for (const [name, options] of Object.entries(plain)) {
      const bytes = await picture(width, height).jpeg(options).toBuffer();
      const photo = await decodePlainJpeg(bytes, Infinity);
      assert.ok(photo, `${name}, ${width} × ${height}`);
      assert.equal([photo.width, photo.height], [width, height]);
      same(photo.data, await bySharp(bytes), `${name}, ${width} × ${height}`);
    }
  }
});

test('what one call gave, the next one leaves alone', async () => {
  const first = (await decodePlainJpeg(await picture(40, 30).jpeg().toBuffer(), Infinity))!;
  const before = first.data.slice();
  await decodePlainJpeg(await picture(30, 40).jpeg().toBuffer(), Infinity);
  assert.equal(first.data, before);
});

test('files that say more than their pixels, large ones and other formats are left to `sharp`', async () => {
  const base = picture(48, 32);
  const others: Record<string, Buffer> = {
    grey: await base.clone().toColourspace('b-w').jpeg().toBuffer(),
    cmyk: await base.clone().toColourspace('cmyk').jpeg().toBuffer(),
    turned: await base.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    profile: await base.clone().withIccProfile('p3').jpeg().toBuffer(),
    large: await picture(513, 512).jpeg().toBuffer(),
    png: await base.clone().png().toBuffer(),
    webp: await base.clone().webp().toBuffer(),
    empty: Buffer.alloc(0),
    text: Buffer.from('no picture at all, but some words'),
  };
  for (const [name, bytes] of Object.entries(others)) assert.not(await decodePlainJpeg(bytes, Infinity), name);
  const plain = await base.clone().jpeg().toBuffer();
  const { width, height } = (await decodePlainJpeg(plain, Infinity))!;
  assert.ok(await decodePlainJpeg(plain, width * height));
  assert.not(await decodePlainJpeg(plain, width * height - 1), 'more pixels than are allowed');
});

test('with and without a JFIF header', async () => {
  const bytes = await picture(48, 32).jpeg().toBuffer();
  const header = Buffer.from([0xff, 0xe0, 0, 16, ...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]);
  const started = Buffer.concat([bytes.subarray(0, 2), header, bytes.subarray(2)]);
  assert.is(bytes.indexOf('JFIF'), -1);
  for (const file of [bytes, started]) same((await decodePlainJpeg(file, Infinity))?.data, await bySharp(file), `${file.length} bytes`);
});

test('cut anywhere, it is refused, or decoded as `sharp` decodes it', async () => {
  const bytes = await picture(64, 48).jpeg().toBuffer();
  for (let length = 0; length < bytes.length; length += length > bytes.length - 20 ? 1 : 37) {
    const cut = bytes.subarray(0, length);
    const photo = await decodePlainJpeg(cut, Infinity);
    if (photo) same(photo.data, await bySharp(cut), `${length} of ${bytes.length} bytes`);
  }
  assert.is(await decodePlainJpeg(bytes.subarray(0, bytes.length - 40), Infinity), undefined);
  assert.ok(await decodePlainJpeg(bytes, Infinity), 'a damaged file before it does no harm');
});

test('damaged anywhere, it has no pixels unless `sharp` finds some too', async () => {
  const bytes = await picture(64, 48).jpeg().toBuffer();
  const counts = { refused: 0, decoded: 0 };
  for (let at = 0; at < bytes.length; at += 7) {
    const damaged = Buffer.from(bytes);
    damaged[at] ^= 0x55;
    const photo = await decodePlainJpeg(damaged, Infinity);
    counts[photo ? 'decoded' : 'refused']++;
    // not to the bit: coefficients beyond the range of pixels overflow in one, and are cut off in the other
    if (photo) assert.is(photo.data.length, (await bySharp(damaged))?.length, `byte ${at}`);
  }
  assert.ok(counts.refused > 10 && counts.decoded > 10);
});

test.run();

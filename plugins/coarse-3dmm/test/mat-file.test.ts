/** The reader of MAT files: numbers that scipy wrote, and what happens when a file is not what it says. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FlowError, randomFor } from '../../../framework/index.js';
import { readMatFile, type WantedMatrix } from '../host/models/mat-file.js';
import { compressedMat, plainMat } from './golden-mat.js';
import { matBytes, matElement, matHead } from './stand-ins.js';

const test = suite('mat file');
const folder = mkdtempSync(join(tmpdir(), 'mat-'));
const path = join(folder, 'model.mat');
test.after(() => rmSync(folder, { recursive: true }));

const wanted = {
  double: { rows: 2, columns: 3 }, single: { rows: 2, columns: 1 }, index: { rows: 1, columns: 3 }, bytes: { rows: 3, columns: 1 },
} as const;

async function failureOf(bytes: Uint8Array, want: Readonly<Record<string, WantedMatrix>> = wanted): Promise<FlowError> {
  writeFileSync(path, bytes);
  try {
    await readMatFile(path, want);
  } catch (error) {
    assert.instance(error, FlowError);
    assert.is((error as FlowError).fields.who, path);
    return error as FlowError;
  }
  throw new Error('it was read');
}

for (const [kind, bytes] of [['plain', plainMat], ['compressed', compressedMat]] as const) {
  test(`a ${kind} file of scipy: numbers column after column, cells, structures and text passed over`, async () => {
    writeFileSync(path, bytes);
    const found = await readMatFile(path, wanted);
    assert.equal([...found.double], [1.5, 4, -2, 5, 3e-7, 6]);
    assert.equal([...found.single], [0.25, 8]);
    assert.equal([...found.index], [1, 2, 70000]);
    assert.equal([...found.bytes], [1, 0, 255]);
    assert.equal([...(await readMatFile(path, { double: { rows: 2, columns: 3, leading: 2 } })).double], [1.5, 4, -2, 5]);
  });
}

test('a missing matrix, another size, text in place of numbers: said with what was expected', async () => {
  assert.match((await failureOf(plainMat, { ...wanted, idBase: { rows: 4, columns: 4 } })).message, /no idBase/);
  const size = await failureOf(plainMat, { double: { rows: 3, columns: 3 } });
  assert.equal([size.fields.expected, size.fields.got], ['3 x 3', '2 x 3']);
  assert.match((await failureOf(plainMat, { name: { rows: 1, columns: 4 } })).message, /not a matrix of real numbers/);
  assert.match((await failureOf(plainMat, { cells: { rows: 1, columns: 2 } })).message, /not a matrix of real numbers/);
});

test('other kinds of files are named: version 7.3, big-endian, text, nothing', async () => {
  const head = Buffer.from(matHead());
  head.write('MATLAB 7.3 MAT-file', 'latin1');
  assert.match((await failureOf(head)).fields.cure!, /save -v7/);
  assert.match((await failureOf(Buffer.concat([matHead().subarray(0, 124), Buffer.from([1, 0, 0x4d, 0x49])]))).message, /little-endian/);
  assert.match((await failureOf(Buffer.from('<html>not found</html>'))).message, /not a MAT file/);
  assert.match((await failureOf(new Uint8Array(0))).message, /not a MAT file/);
});

test('numbers that are not finite are refused', async () => {
  const error = await failureOf(matBytes({ double: { rows: 2, columns: 3, values: Float64Array.of(1, 2, Number.NaN, 4, 5, 6) } }), { double: wanted.double });
  assert.match(error.message, /not finite/);
  assert.is(error.fields.got, 'NaN at place 2');
});

test('dimensions that no memory holds, and elements that leave the file, allocate nothing', async () => {
  const before = process.memoryUsage().rss;
  const absurd = matElement('double', 2 ** 31 - 1, 2 ** 31 - 1, Float64Array.of(1));
  assert.match((await failureOf(Buffer.concat([matHead(), absurd]))).message, /another size/);
  const long = Buffer.from(matElement('double', 2, 3, new Float64Array(6)));
  long.writeUInt32LE(0xfffffff0, 4);
  assert.match((await failureOf(Buffer.concat([matHead(), long]))).message, /ends too early/);
  assert.ok(process.memoryUsage().rss - before < 1 << 27);
});

test('a compressed element that inflates to far more than its matrix is stopped', async () => {
  const element = Buffer.from(matElement('double', 2, 3, new Float64Array(6)));
  const bomb = deflateSync(Buffer.concat([element, Buffer.alloc(1 << 26)]));
  assert.ok(bomb.length < 1 << 17);
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(15, 0);
  tag.writeUInt32LE(bomb.length, 4);
  const before = process.memoryUsage().rss;
  assert.match((await failureOf(Buffer.concat([matHead(), tag, bomb]), { double: wanted.double })).message, /damaged/);
  assert.ok(process.memoryUsage().rss - before < 1 << 25, 'it stops early');
});

test('1,200 files with damaged bytes, cut or not: numbers or a FlowError, never anything else', async () => {
  let refused = 0;
  for (let round = 0; round < 1200; round++) {
    const random = randomFor('mat-file.test', round);
    const bytes = Buffer.from(round % 2 === 0 ? plainMat : compressedMat);
    for (let change = 0; change < 1 + random.integer(4); change++) {
      bytes[(round % 3 === 0 ? 0 : 128) + random.integer(bytes.length - (round % 3 === 0 ? 0 : 128))] = random.integer(256);
    }
    writeFileSync(path, random.uniform() < 0.3 ? bytes.subarray(0, random.integer(bytes.length)) : bytes);
    try {
      await readMatFile(path, wanted);
    } catch (error) {
      assert.instance(error, FlowError, `round ${round}: ${String(error)}`);
      refused++;
    }
  }
  assert.ok(refused > 300, `${refused} of 1200 refused`);
});

test.run();

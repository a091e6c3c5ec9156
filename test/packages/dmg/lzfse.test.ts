import { DecompressionError } from '../../../src/packages/bounded-decompression.ts';
import { unpackLzfse } from '../../../src/packages/dmg/lzfse.ts';
import { codedBlock, endBlock, lzvnBlock, packLzfse, rawBlock } from '../fixtures/lzfse-file.ts';
import { seededRandom } from '../fuzz/mutate.ts';

const stream = (...blocks: Buffer[]) => Buffer.concat([...blocks, endBlock]);
const words = Array.from({ length: 3_000 }, (_, index) => `word ${(index * index) % 97} of ${index % 13}; `).join('');
const noise = (length: number) => {
  const random = seededRandom(7);
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
};

describe('LZFSE', () => {
  it.each(['bvx1', 'bvx2'] as const)('gives back what was packed into blocks of the kind %s', (kind) => {
    for (const plain of [Buffer.from(words), noise(9_000), Buffer.alloc(50_000), Buffer.from('x')])
      expect(unpackLzfse(packLzfse(plain, kind), plain.length).equals(plain)).toBe(true);
  });

  it('puts blocks of all kinds together, and repeats what stands in an earlier one', () => {
    // Four literals, then nine bytes from four bytes back, then the end.
    const operations = Buffer.from([0xe4, ...Buffer.from('lzvn'), 0x30, 0x04, 0x06, ...Buffer.alloc(7)]);
    const steps = [
      { literals: 6, length: 4, distance: 18 },
      { literals: 0, length: 5, distance: 0 },
    ];
    const blocks = (lzvnSize: number) =>
      stream(
        rawBlock(Buffer.from('raw ')),
        lzvnBlock(lzvnSize, operations),
        codedBlock('bvx2', Buffer.from('coded '), steps),
      );

    expect(unpackLzfse(blocks(13), 100).toString()).toBe('raw lzvnlzvnlzvnlcoded zvnlzvnlz');
    expect(() => unpackLzfse(blocks(12), 100)).toThrow(/size it says/);
  });

  it.each<[what: string, operations: number[], expected: string]>([
    ['a run of literals', [0xe3, 97, 98, 99], 'abc'],
    ['a long run of literals', [0xe0, 1, ...Buffer.from('abcdefghijklmnopq')], 'abcdefghijklmnopq'],
    ['a short distance', [0x88, 0x02, 97, 98], 'ababab'],
    ['a middle distance', [0xa8 | 0x10, 0x0b, 0x00, 97, 98, 99], 'abcbcbcbc'],
    ['a long distance', [0x87, 0x02, 0x00, 97, 98], 'ababa'],
    ['the distance before', [0x87, 0x02, 0x00, 97, 98, 0x46, 120], 'ababaxaxa'],
    ['a repetition alone', [0x87, 0x02, 0x00, 97, 98, 0xf3], 'abababab'],
    ['a long repetition alone', [0x87, 0x02, 0x00, 97, 98, 0xf0, 0], `ababa${'ba'.repeat(8)}`],
    ['operations that do nothing', [0x0e, 0x16, 0xe1, 97], 'a'],
  ])('knows LZVN operations: %s', (_, operations, expected) => {
    const packed = stream(lzvnBlock(expected.length, Buffer.from([...operations, 6, 0, 0, 0, 0, 0, 0, 0])));

    expect(unpackLzfse(packed, 1_000).toString()).toBe(expected);
  });

  const sound = packLzfse(Buffer.from(words.slice(0, 4_000)));
  const changed = (at: number, value: number) => {
    const bytes = Buffer.from(sound);
    bytes.writeUInt32LE(value, at);
    return bytes;
  };

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['something else', Buffer.from('hello world')],
    ['no end', sound.subarray(0, sound.length - 4)],
    ['a block that is cut off', sound.subarray(0, sound.length - 40)],
    ['tables that are cut off', sound.subarray(0, 60)],
    ['a header that is cut off', sound.subarray(0, 20)],
    ['a size that is not so', changed(4, 3_999)],
    ['a header of an impossible size', changed(24, 3)],
    ['raw bytes that are not there', stream(rawBlock(Buffer.from('abc'))).fill(0xff, 4, 8)],
    ['an undefined LZVN operation', stream(lzvnBlock(1, Buffer.from([0x70])))],
    ['an LZVN repetition of nothing', stream(lzvnBlock(3, Buffer.from([0x00, 0x01])))],
    ['an LZVN repetition before any distance', stream(lzvnBlock(4, Buffer.from([0xe1, 97, 0xf3])))],
    ['LZVN literals that are cut off', stream(lzvnBlock(4, Buffer.from([0xe4, 97])))],
    [
      'a repetition from before the start',
      stream(codedBlock('bvx2', Buffer.from('ab'), [{ literals: 2, length: 4, distance: 9 }])),
    ],
    [
      'literals that are not there',
      stream(codedBlock('bvx1', Buffer.from('ab'), [{ literals: 9, length: 0, distance: 1 }])),
    ],
  ])('refuses %s', (_, packed) => {
    expect(() => unpackLzfse(packed, 4_000)).toThrow(DecompressionError);
  });

  it('stops where more comes out than was asked for', () => {
    expect(() => unpackLzfse(sound, 1_000)).toThrow(DecompressionError);
  });

  it('answers damaged bytes with bytes or a refusal, soon', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 1_500; round += 1) {
      const bytes = Buffer.from(round % 2 === 0 ? sound : packLzfse(Buffer.from(words.slice(0, 300)), 'bvx1'));
      for (let harm = 0; harm < 3; harm += 1) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      try {
        expect(unpackLzfse(bytes, 4_000).length).toBeLessThanOrEqual(4_000);
      } catch (error) {
        expect(error).toBeInstanceOf(DecompressionError);
      }
    }
  });
});

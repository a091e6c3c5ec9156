import { readBinaryXml } from '../../../src/packages/apk/axml.ts';
import { attributes } from '../fixtures/apk-file.ts';
import { buildAxml } from '../fixtures/axml-file.ts';

const tree = {
  name: 'manifest',
  attributes: attributes({ package: 'com.example', versionCode: 3, debuggable: true, icon: { reference: 0x7f020000 } }),
  children: [{ name: 'application' }],
};

const firstElement = (bytes: Buffer) => {
  for (const event of readBinaryXml(bytes)) if (event.kind === 'start') return event.element;
  throw new Error('There is no element');
};

describe('binary XML', () => {
  it.each(['utf8', 'utf16'] as const)('gives elements and typed attributes with %s strings', (encoding) => {
    const bytes = buildAxml(tree, encoding);

    const element = firstElement(bytes);

    expect([...readBinaryXml(bytes)].map((event) => (event.kind === 'end' ? '/' : event.element.name))).toEqual([
      'manifest',
      'application',
      '/',
      '/',
    ]);
    expect(element.attribute({ name: 'package' })).toEqual({ kind: 'text', text: 'com.example' });
    expect(element.attribute({ id: 0x0101021b })).toEqual({ kind: 'integer', value: 3 });
    expect(element.attribute({ id: 0x0101000f })).toEqual({ kind: 'boolean', value: true });
    expect(element.attribute({ id: 0x01010002 })).toEqual({ kind: 'reference', id: 0x7f020000 });
    expect(element.attribute({ id: 0x01010001 })).toBeNull();
  });

  it('finds attributes of the android namespace by id even where names were blanked', () => {
    const blanked = { name: 'manifest', attributes: [{ name: '', id: 0x0101021b, value: 3 }] };

    expect(firstElement(buildAxml(blanked)).attribute({ id: 0x0101021b })).toEqual({ kind: 'integer', value: 3 });
  });

  it.each([
    ['is text', Buffer.from('<manifest package="com.plain"/>')],
    ['is empty', Buffer.alloc(0)],
    ['is a resource table', Buffer.from('0200080008000000', 'hex')],
  ])('is refused when it %s', (_, bytes) => {
    expect(() => [...readBinaryXml(bytes)]).toThrow();
  });

  it.each([
    ['pool size', 12, 0xfffffff0],
    ['string count', 16, 0x7fffffff],
  ])('is refused when its %s is a lie', (_, at, value) => {
    const bytes = buildAxml(tree);
    bytes.writeUInt32LE(value, at);

    expect(() => [...readBinaryXml(bytes)]).toThrow();
  });

  it('never loops or reads outside for damaged bytes', () => {
    const sound = buildAxml(tree);
    const surprises: unknown[] = [];
    for (let at = 0; at < sound.length; at += 1)
      for (const value of [0x00, 0x7f, 0xff]) {
        const bytes = Buffer.from(sound);
        bytes[at] = value;
        try {
          for (const event of readBinaryXml(bytes))
            if (event.kind === 'start') event.element.attribute({ name: 'package' });
        } catch (error) {
          if ((error as Error).name !== 'ChunkError') surprises.push({ at, value, error });
        }
      }

    expect(surprises).toEqual([]);
  });
});

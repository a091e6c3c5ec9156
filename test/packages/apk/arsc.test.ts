import { ResourceTable } from '../../../src/packages/apk/arsc.ts';
import { buildArsc, type Layout } from '../fixtures/arsc-file.ts';

const id = 0x7f010000;

describe('resource table', () => {
  it.each<Layout>(['plain', 'sparse', 'offset16', 'compact'])('finds entries of a %s type', (layout) => {
    const table = new ResourceTable(
      buildArsc([{ typeId: 1, layout, values: { 0: 'first', 3: 'fourth', 900: 'last' } }]),
    );

    expect([0, 3, 900].map((entry) => table.text(id + entry))).toEqual(['first', 'fourth', 'last']);
    expect([1, 899, 901].map((entry) => table.text(id + entry))).toEqual([null, null, null]);
  });

  it.each(['utf8', 'utf16'] as const)('decodes strings in %s', (encoding) => {
    const strings = { 0: 'Größe', 1: '日本語', 2: 'Rocket 🚀 app', 3: 'x'.repeat(300), 4: '' };

    const table = new ResourceTable(buildArsc([{ typeId: 1, values: strings }], { encoding }));

    expect(Object.keys(strings).map((entry) => table.text(id + Number(entry)))).toEqual(Object.values(strings));
  });

  it('prefers the default language, then English, and the value least narrowed down', () => {
    const table = new ResourceTable(
      buildArsc([
        { typeId: 1, config: { language: 'de' }, values: { 0: 'Notizen', 1: 'Karte', 2: 'Uhr' } },
        { typeId: 1, config: { language: 'en' }, values: { 0: 'Notes', 1: 'Map' } },
        { typeId: 1, config: { sdkVersion: 31 }, values: { 0: 'Narrow' } },
        { typeId: 1, values: { 0: 'Default' } },
      ]),
    );

    expect([0, 1, 2].map((entry) => table.text(id + entry))).toEqual(['Default', 'Map', 'Uhr']);
  });

  it('keeps the density that an alias or its target is made for', () => {
    const table = new ResourceTable(
      buildArsc([
        { typeId: 1, config: { density: 320 }, values: { 0: { reference: id + 1 } } },
        { typeId: 1, values: { 1: 'any.png' } },
        { typeId: 1, config: { density: 640 }, values: { 1: 'sharp.png' } },
      ]),
    );

    expect(table.variants(id).map(({ config, value }) => [config.density, value])).toEqual([
      [320, { kind: 'text', text: 'any.png' }],
      [640, { kind: 'text', text: 'sharp.png' }],
    ]);
  });

  it('ends references that lead in circles', () => {
    const table = new ResourceTable(
      buildArsc([{ typeId: 1, values: { 0: { reference: id + 1 }, 1: { reference: id }, 2: { reference: id + 2 } } }]),
    );

    expect([0, 1, 2].map((entry) => table.text(id + entry))).toEqual([null, null, null]);
  });

  it('ends references that branch at every step', () => {
    const layers = Array.from({ length: 12 }, (_, layer) =>
      Array.from({ length: 60 }, (_, variant) => ({
        typeId: layer + 1,
        config: { sdkVersion: variant + 1 },
        values: { 0: { reference: 0x7f000000 + ((layer + 2) << 16) } },
      })),
    );

    const table = new ResourceTable(buildArsc(layers.flat()));

    expect(table.variants(id)).toEqual([]);
  });

  it('passes over entries that are no single value, and ids of other packages', () => {
    const table = new ResourceTable(buildArsc([{ typeId: 1, values: { 0: { complex: true }, 1: { integer: 12 } } }]));

    expect([id, id + 1, 0x01040001].map((entry) => table.text(entry))).toEqual([null, '12', null]);
  });

  it('refuses a table that claims more bytes than it has', () => {
    const bytes = buildArsc([{ typeId: 1, values: { 0: 'text' } }]);
    bytes.writeUInt32LE(0xffffffff, 4);

    expect(() => new ResourceTable(bytes)).toThrow('larger than the file');
  });

  it('never throws anything but its own fault for damaged bytes', () => {
    const sound = buildArsc([{ typeId: 1, layout: 'sparse', values: { 0: 'a', 9: { reference: id } } }]);
    const surprises: unknown[] = [];
    for (let at = 0; at < sound.length; at += 1)
      for (const value of [0x00, 0x7f, 0xff]) {
        const bytes = Buffer.from(sound);
        bytes[at] = value;
        try {
          const table = new ResourceTable(bytes);
          table.text(id);
          table.variants(id + 9);
        } catch (error) {
          if ((error as Error).name !== 'ChunkError') surprises.push({ at, value, error });
        }
      }

    expect(surprises).toEqual([]);
  });
});

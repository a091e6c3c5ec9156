import { readPropertyList } from '../../../src/packages/property-list/property-list.ts';
import { PropertyListError } from '../../../src/packages/property-list/property-value.ts';
import { binaryFile, binaryPlist, dict, marker, type Plist, uint, xmlPlist } from '../fixtures/property-list-file.ts';

const sample: Plist = dict({
  text: 'Plain & <simple>',
  foreign: 'Grüße “日本” 🗒',
  empty: '',
  small: 7,
  large: 5_000_000_000,
  negative: -3,
  real: { real: 1.5 },
  yes: true,
  no: false,
  when: new Date('2027-06-01T12:00:00Z'),
  data: Buffer.from([0, 1, 2, 255]),
  list: ['a', dict({ inner: 'b' })],
  many: Array.from({ length: 20 }, (_, at) => `item ${at}`),
  ['__proto__']: 'a key like others',
});

const expected = new Map<string, unknown>([
  ['text', 'Plain & <simple>'],
  ['foreign', 'Grüße “日本” 🗒'],
  ['empty', ''],
  ['small', 7],
  ['large', 5_000_000_000],
  ['negative', -3],
  ['real', 1.5],
  ['yes', true],
  ['no', false],
  ['when', new Date('2027-06-01T12:00:00Z')],
  ['data', Buffer.from([0, 1, 2, 255])],
  ['list', ['a', new Map([['inner', 'b']])]],
  ['many', Array.from({ length: 20 }, (_, at) => `item ${at}`)],
  ['__proto__', 'a key like others'],
]);

const faultOf = (bytes: Buffer): string => {
  try {
    readPropertyList(bytes);
  } catch (error) {
    if (error instanceof PropertyListError) return error.message;
    throw error;
  }
  throw new Error('A fault was expected, but the property list was read');
};

const xml = (body: string) => Buffer.from(`<plist version="1.0">${body}</plist>`);
const utf16 = (bigEndian: boolean) => {
  const bytes = Buffer.from(`\uFEFF${xmlPlist(sample).toString()}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

describe('a property list', () => {
  it.each([
    ['XML', xmlPlist(sample)],
    ['XML after a byte order mark', Buffer.from(`\uFEFF${xmlPlist(sample).toString()}`)],
    ['XML in little-endian UTF-16', utf16(false)],
    ['XML in big-endian UTF-16', utf16(true)],
    ['binary', binaryPlist(sample)],
  ])('gives its values when written as %s', (_, bytes) => {
    expect(readPropertyList(bytes)).toEqual(expected);
  });

  it.each([
    ['CDATA as it stands', '<string><![CDATA[a &amp; <b>]]></string>', 'a &amp; <b>'],
    ['characters by number', '<string>&#252;&#x1F5D2;</string>', 'ü🗒'],
    ['an escaped escape once', '<string>&amp;lt;</string>', '&lt;'],
    ['text around a comment', '<string>a<!-- not this -->b</string>', 'ab'],
    ['an empty element', '<string/>', ''],
    ['hexadecimal integers', '<integer>0x1F</integer>', 31],
    ['no integer that is none', '<integer>many</integer>', null],
    ['no date that is none', '<date>tomorrow</date>', null],
  ])('reads %s', (_, value, want) => {
    expect(readPropertyList(xml(`<dict><key>k</key>${value}</dict>`)).get('k')).toEqual(want);
  });

  it.each([
    ['an empty file', Buffer.alloc(0), /is empty/],
    ['neither kind', Buffer.from('{ CFBundleIdentifier = "a"; }'), /neither XML nor/],
    ['XML that breaks off', xmlPlist(sample).subarray(0, 400), /well-formed/],
    ['another document', Buffer.from('<html><body/></html>'), /no property list/],
    ['no content', xml(''), /without content/],
    ['no dictionary', xml('<string>text</string>'), /no dictionary/],
    ['a key without a value', xml('<dict><key>a</key><key>b</key><true/></dict>'), /key without a value/],
    ['deep nesting', xml(`${'<array>'.repeat(200)}${'</array>'.repeat(200)}`), /well-formed|deeply/],
    ['too many values', xml(`<array>${'<true/>'.repeat(30_000)}</array>`), /too many elements/],
    ['declared entities', Buffer.from('<!DOCTYPE p [<!ENTITY a "b">]><plist><dict/></plist>'), /entities/],
    [
      'entities from elsewhere',
      Buffer.from('<!DOCTYPE p [<!ENTITY % x SYSTEM "file:///etc/hostname">%x;]><plist><dict/></plist>'),
      /entities/,
    ],
  ])('refuses %s', (_, bytes, fault) => {
    expect(faultOf(bytes)).toMatch(fault);
  });
});

describe('a binary property list', () => {
  const key = Buffer.concat([marker(0x50, 1), Buffer.from('k')]);
  /** `{ k: <object 2> }` */
  const root = Buffer.concat([marker(0xd0, 1), uint(1, 2), uint(2, 2)]);

  it('reads numbers of every width', () => {
    const widths = [
      Buffer.from('1005', 'hex'),
      Buffer.from('110102', 'hex'),
      Buffer.from(`14${'00'.repeat(15)}07`, 'hex'),
    ];
    const list = Buffer.concat([marker(0xa0, 3), uint(3, 2), uint(4, 2), uint(5, 2)]);

    const plist = readPropertyList(binaryFile([root, key, list, ...widths]));

    expect(plist.get('k')).toEqual([5, 258, 7]);
  });

  it('makes null of kinds that it does not know', () => {
    expect(readPropertyList(binaryFile([root, key, Buffer.from([0x80, 1])])).get('k')).toBeNull();
  });

  it.each([
    ['is cut off', Buffer.from('bplist00'), /cut off/],
    ['contains itself', binaryFile([root, key, Buffer.concat([marker(0xa0, 1), uint(0, 2)])]), /contains itself/],
    ['refers to nothing', binaryFile([root, key]), /not there/],
    ['claims a huge text', binaryFile([root, key, Buffer.from('5f127fffffff', 'hex')]), /outside itself/],
    [
      'claims a length beyond 2^63',
      binaryFile([root, key, Buffer.from(`5f13${'ff'.repeat(8)}`, 'hex')]),
      /outside itself/,
    ],
    ['has a length that is no number', binaryFile([root, key, Buffer.from('5f51', 'hex')]), /without a length/],
    ['claims too many objects', binaryFile([root, key], { count: 2n ** 60n }), /impossible table/],
    ['has its table elsewhere', binaryFile([root, key], { table: 2n ** 40n }), /impossible table/],
  ])('is refused when it %s', (_, bytes, fault) => {
    expect(faultOf(bytes)).toMatch(fault);
  });

  it('is refused when it is nested too deeply', () => {
    const chain = Array.from({ length: 200 }, (_, at) => Buffer.concat([marker(0xa0, 1), uint(at + 3, 2)]));

    expect(faultOf(binaryFile([root, key, ...chain, key]))).toMatch(/too deeply/);
  });

  it('reads a value that many refer to once', () => {
    const leaf = Buffer.concat([marker(0x50, 20_000), Buffer.alloc(20_000, 'x')]);
    const list = Buffer.concat([marker(0xa0, 30_000), ...Array.from({ length: 30_000 }, () => uint(3, 2))]);

    const values = readPropertyList(binaryFile([root, key, list, leaf])).get('k') as string[];

    expect(values).toHaveLength(30_000);
    expect(values[29_999]).toHaveLength(20_000);
  });

  it('is refused when its values share bytes, so that little becomes much', () => {
    const leaf = Buffer.concat([marker(0x50, 20_000), Buffer.alloc(20_000, 'x')]);
    const bytes = binaryFile([root, key, leaf, ...Array.from({ length: 5_000 }, () => Buffer.alloc(0))]);
    const list = Buffer.concat([marker(0xa0, 5_000), ...Array.from({ length: 5_000 }, (_, at) => uint(at + 4, 2))]);
    const honest = binaryFile([root, key, list, ...Array.from({ length: 5_001 }, () => Buffer.alloc(0)), leaf]);

    // Empty objects begin where the next one does: all of them are the leaf.
    expect(faultOf(honest)).toMatch(/too often/);
    expect(readPropertyList(bytes).get('k')).toHaveLength(20_000);
  });
});

it('reads XML in the encoding that it declares', () => {
  const xml = xmlPlist(dict({ Name: 'Büro' }))
    .toString()
    .replace(/encoding="UTF-8"/i, 'encoding="ISO-8859-1"');

  expect(readPropertyList(Buffer.from(xml, 'latin1')).get('Name')).toBe('Büro');
});

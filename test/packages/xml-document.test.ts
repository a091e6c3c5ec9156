import { parseXml } from '../../src/packages/xml-document.ts';

const parse = (text: string) => parseXml(Buffer.from(text), 'file.xml');

describe('an XML file out of a package', () => {
  it('keeps values as they are written, numbers and spaces too', () => {
    const root = parse('<a v=" 1.10 " w="007"><b>1.0</b><c> true </c></a>');

    expect([root.attribute('v'), root.attribute('w')]).toEqual([' 1.10 ', '007']);
    expect([root.childText('b'), root.childText('c')]).toEqual(['1.0', ' true ']);
    expect([root.attribute('none'), root.child('none'), root.childText('none')]).toEqual([null, null, null]);
  });

  it('resolves namespaces, not prefixes', () => {
    const root = parse('<x:a xmlns:x="urn:1"><y:b xmlns:y="urn:1"/><b xmlns="urn:2"/><b/></x:a>');

    expect(root.childrenNamed('b').map(({ namespace }) => namespace)).toEqual(['urn:1', 'urn:2', '']);
  });

  it('prefers a child of its own namespace', () => {
    const root = parse('<a xmlns="urn:1" xmlns:o="urn:2"><o:b>other</o:b><b>own</b></a>');

    expect(root.childText('b')).toBe('own');
  });

  it('reads past what it needs no answer from', () => {
    const root = parse(
      "\ufeff<?xml version='1.0'?>\n<!-- a > b --><a\n  b = 'x > \"y\"'\n><?c d?><__proto__/></a >\n<!-- end -->",
    );

    expect(root.attribute('b')).toBe('x > "y"');
    expect(root.children.map(({ name }) => name)).toEqual(['__proto__']);
  });

  it.each([
    ['&lt;&gt;&amp;&quot;&apos;', '<>&"\''],
    ['&#65;&#x1F600;', 'A😀'],
    ['&amp;amp; &amp;#65;', '&amp; &#65;'],
    ['&nbsp; &#xD800; &#1114112;', '&nbsp; &#xD800; &#1114112;'],
    ['a<!-- & -->b<![CDATA[&amp;<c>]]>d', 'ab&amp;<c>d'],
  ])('decodes %s once', (written, expected) => {
    expect(parse(`<a>${written}</a>`).text).toBe(expected);
  });

  it.each([
    ['nothing', '', /not well-formed/],
    ['text', 'text', /not well-formed/],
    ['an open element', '<a><b></a>', /line 1/],
    ['two roots', '<a/><b/>', /not well-formed/],
    ['an attribute twice', '<a b="1" b="2"/>', /not well-formed/],
    ['a document type', '<!DOCTYPE a><a/>', /document type/],
    ['an entity', '<a/><!ENTITY b "c">', /document type/],
    ['many elements', `<a>${'<b/>'.repeat(31_000)}</a>`, /too many elements/],
    [
      'many attributes',
      `<a ${Array.from({ length: 31_000 }, (_, index) => `b${index} = "1"`).join(' ')}/>`,
      /attributes/,
    ],
    ['deep nesting', '<a>'.repeat(100) + '</a>'.repeat(100), /nested too deeply/],
    ['many references', `<a>${'&lt;'.repeat(60_000)}</a>`, /too many references/],
    ['an attribute without quotes', '<a b=1/>', /not well-formed/],
    ['attributes without space between', '<a b="1"c="2"/>', /not well-formed/],
    ['an attribute that goes on', '<a b="1<c/>', /not well-formed/],
    ['a comment that goes on', '<a><!-- b</a>', /not well-formed/],
    ['CDATA that goes on', '<a><![CDATA[b</a>', /not well-formed/],
    ['text beside the root', '<a/>b', /not well-formed/],
    ['a root that starts with a digit', '<1a/>', /not well-formed/],
    ['a wrong end', '<a><b></b c="1"></a>', /not well-formed/],
  ])('is refused by name where it is %s', (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
    expect(() => parse(text)).toThrow(/file\.xml in it/);
  });
});

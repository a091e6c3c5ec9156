import { describeLink, linkFileName, safeFileName } from '../../src/packages/link-name.ts';

const addresses = (...urls: string[]) => urls.map((url) => new URL(url));

describe('file name of a link', () => {
  it.each([
    ['attachment; filename="app one.apk"', 'app one.apk'],
    ['attachment; filename=app.apk', 'app.apk'],
    ['attachment; filename="a.apk"; filename*=UTF-8\'\'Gr%C3%B6%C3%9Fe.apk', 'Größe.apk'],
    ["attachment; filename*=iso-8859-1'en'Gr%F6%DFe.apk", 'Größe.apk'],
    ['attachment; filename="plain.apk"; filename*=UTF-8\'\'%E4%broken', 'plain.apk'],
    ['attachment; filename="a \\"quoted\\" name.apk"', 'a "quoted" name.apk'],
    ['attachment; filename="../../etc/passwd"', 'passwd'],
    ['attachment; filename="C:\\\\Temp\\\\app.apk"', 'app.apk'],
    ['attachment', 'from-url.apk'],
    ['attachment; filename=""', 'from-url.apk'],
  ])('is taken from %s', (header, expected) => {
    expect(linkFileName(header, addresses('https://host/x/from-url.apk'))).toBe(expected);
  });

  it.each([
    [['https://host/a/app.apk?token=x#y'], 'app.apk'],
    [['https://host/start/app.apk', 'https://store/0b5e'], 'app.apk'],
    [['https://host/download', 'https://store/app.apk'], 'app.apk'],
    [['https://host/download', 'https://store/0b5e'], 'download'],
    [['https://host/Gr%C3%B6%C3%9Fe.apk'], 'Größe.apk'],
    [['https://host/100%.apk'], '100%.apk'],
    [['https://host/a%2Fb%5Cc.apk'], 'c.apk'],
    [['https://host/'], 'package'],
  ])('is taken from the addresses %j', (urls, expected) => {
    expect(linkFileName(null, addresses(...urls))).toBe(expected);
  });

  it.each([
    ['..', ''],
    ['.hidden.apk', 'hidden.apk'],
    ['a\u0000b\u202egpj.apk', 'abgpj.apk'],
    ['  spaced.apk ', 'spaced.apk'],
  ])('is made safe: %j', (name, expected) => {
    expect(safeFileName(name)).toBe(expected);
  });

  it('keeps its ending when it is shortened', () => {
    const short = safeFileName(`${'x'.repeat(500)}.apk`);

    expect(short).toHaveLength(200);
    expect(short.endsWith('x.apk')).toBe(true);
  });

  it('is shown with the host and without path and query', () => {
    expect(describeLink(new URL('https://host:8443/secret-path/a.apk?sig=secret'), 'a.apk')).toBe(
      'The file is a.apk on host:8443.',
    );
  });
});

import type { CertificateWithKey } from '../../../src/graph/certificates/certificate.ts';
import { certificateDer } from '../../../src/graph/certificates/certificate.ts';
import { readInThread } from '../../../src/graph/certificates/certificate-file-reader.ts';
import { readCertificateFile } from '../../../src/graph/certificates/read-certificate-file.ts';
import { keyAs, otherKey, ownCertificate, pemFile, pfxFile } from '../../fakes/certificate-files.ts';
import { problemOf } from '../../fakes/problem-of.ts';

const now = new Date();
const password = 'päss wörd 55';
let own: CertificateWithKey;
let issuer: CertificateWithKey;

beforeAll(async () => {
  [own, issuer] = await Promise.all([ownCertificate(), ownCertificate('Contoso Root')]);
});

type Make = () => Buffer;

it.each<[string, Make, string]>([
  ['PEM with PKCS #8', () => pemFile(own.facts.pem, own.privateKeyPem), ''],
  [
    'PEM, the key first, with text around',
    () => pemFile('Bag Attributes', own.privateKeyPem, own.facts.pem, 'end'),
    '',
  ],
  ['PEM with PKCS #1', () => pemFile(own.facts.pem, keyAs(own, 'pkcs1')), ''],
  ['PEM with locked PKCS #8', () => pemFile(own.facts.pem, keyAs(own, 'pkcs8', password)), password],
  ['PEM with locked PKCS #1', () => pemFile(own.facts.pem, keyAs(own, 'pkcs1', password)), password],
  ['PEM with the certificates that issued it', () => pemFile(issuer.facts.pem, own.facts.pem, own.privateKeyPem), ''],
  ['PFX', () => pfxFile(own, 'secret 1'), 'secret 1'],
  ['PFX of the older kind', () => pfxFile(own, password, { algorithm: '3des' }), password],
  [
    'PFX that was locked with UTF-8',
    () => pfxFile(own, Buffer.from(password).toString('binary'), { withoutSeal: true }),
    password,
  ],
  ['PFX with an empty password', () => pfxFile(own, ''), ''],
  ['PFX without a password', () => pfxFile(own, null), ''],
])('reads %s', async (_what, file, word) => {
  const { facts, privateKeyPem } = await readCertificateFile({ bytes: file(), password: word, now });

  expect(facts).toEqual(own.facts);
  expect(privateKeyPem).toBe(own.privateKeyPem);
});

it.each<[string, Make, string, string]>([
  ['a wrong password of a PFX', () => pfxFile(own, 'right'), 'wrong', 'certificatePasswordWrong'],
  ['a wrong password with signs beyond ASCII', () => pfxFile(own, 'right'), 'fälsch', 'certificatePasswordWrong'],
  ['no password of a PFX', () => pfxFile(own, 'right'), '', 'certificatePasswordWrong'],
  [
    'a wrong password of a PEM',
    () => pemFile(own.facts.pem, keyAs(own, 'pkcs8', 'a')),
    'b',
    'certificatePasswordWrong',
  ],
  ['no password of a PEM', () => pemFile(own.facts.pem, keyAs(own, 'pkcs1', 'a')), '', 'certificatePasswordWrong'],
  ['a PEM without a key', () => pemFile(own.facts.pem), '', 'certificateKeyMissing'],
  ['a .cer file', () => certificateDer(own.facts.pem), '', 'certificateKeyMissing'],
  ['a PFX without a key', () => pfxFile(own, 'a', { withoutKey: true }), 'a', 'certificateKeyMissing'],
  ['the key of another certificate', () => pemFile(own.facts.pem, issuer.privateKeyPem), '', 'certificateKeyMissing'],
  [
    'several certificates with their keys',
    () => pemFile(own.facts.pem, own.privateKeyPem, issuer.facts.pem, issuer.privateKeyPem),
    '',
    'certificateSeveral',
  ],
  ['an EC key', () => pemFile(own.facts.pem, otherKey('ec')), '', 'certificateNotRsa'],
  ['a short RSA key', () => pemFile(own.facts.pem, otherKey('short')), '', 'certificateNotRsa'],
  ['a key alone', () => pemFile(own.privateKeyPem), '', 'certificateFileUnreadable'],
  ['an empty file', () => Buffer.alloc(0), '', 'certificateFileUnreadable'],
  ['garbage', () => Buffer.from('MZ garbage'), '', 'certificateFileUnreadable'],
  ['zeros', () => Buffer.alloc(200_000), '', 'certificateFileUnreadable'],
  [
    'a damaged PEM',
    () => pemFile(own.facts.pem.replace(/[a-zA-Z]{8}/g, 'AAAAAAAA'), own.privateKeyPem),
    '',
    'certificateFileUnreadable',
  ],
  ['half a PFX', () => pfxFile(own, 'a').subarray(0, 900), 'a', 'certificateFileUnreadable'],
  ['nested without end', () => Buffer.from('3080'.repeat(40_000), 'hex'), '', 'certificateFileUnreadable'],
  [
    'more rounds than anybody needs',
    () => pfxFile(own, 'a', { claims: 2_000_000_000 }),
    'a',
    'certificateFileUnreadable',
  ],
])('refuses %s', async (_what, file, word, code) => {
  const found = await problemOf(readCertificateFile({ bytes: file(), password: word, now }));

  expect(found.code).toBe(code);
  expect(JSON.stringify(found)).not.toMatch(/PRIVATE|wrong"|fälsch/);
});

it.each([
  ['has ended', 400, 'certificateEnded'],
  ['begins later', -1, 'certificateNotYet'],
])('refuses one that %s', async (_what, days, code) => {
  const bytes = pemFile(own.facts.pem, own.privateKeyPem);
  const then = new Date(now.getTime() + days * 86_400_000);

  const found = await problemOf(readCertificateFile({ bytes, password: '', now: then }));

  expect(found).toMatchObject({ code, detail: expect.stringMatching(/\d{4}-\d{2}-\d{2}\.$/) });
});

it('reads on a thread of its own, with the same answers', async () => {
  const bytes = pfxFile(own, 'a');

  const [read, refused] = await Promise.all([
    readInThread({ bytes, password: 'a', now }),
    problemOf(readInThread({ bytes, password: 'b', now })),
  ]);

  expect(read).toEqual(own);
  expect(refused.code).toBe('certificatePasswordWrong');
});

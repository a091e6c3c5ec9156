import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { asn1 as Asn1, pkcs12 as Pkcs12 } from 'node-forge';
import { ProblemError } from '../../problems/problem.ts';
import type { FileContents } from './read-certificate-file.ts';

/** Programs write thousands of rounds; a file that asks for more than this only wants to keep a processor busy. */
const mostRounds = 5_000_000;
const deepest = 24;

/** PKCS #12, with the RSA keys in it. */
export async function readPfx(file: Buffer, password: string): Promise<FileContents> {
  const { default: forge } = await import('node-forge');
  const unreadable = () => new ProblemError('certificateFileUnreadable');
  const der = (node: Asn1.Asn1) => Buffer.from(forge.asn1.toDer(node).getBytes(), 'binary');
  const parse = (bytes: string): Asn1.Asn1 | null => {
    try {
      return forge.asn1.fromDer(forge.util.createBuffer(bytes));
    } catch {
      return null;
    }
  };

  /** Salt and rounds stand side by side, wherever something is locked: RFC 7292 and RFC 8018. */
  const rounds = (node: Asn1.Asn1, depth = 0): number => {
    if (depth > deepest) throw unreadable();
    if (!Array.isArray(node.value)) {
      const inner = node.type === forge.asn1.Type.OCTETSTRING ? parse(String(node.value)) : null;
      return inner === null ? 0 : rounds(inner, depth + 1);
    }
    let most = 0;
    for (const [index, child] of node.value.entries()) {
      const behindSalt = node.value[index - 1]?.type === forge.asn1.Type.OCTETSTRING;
      if (behindSalt && child.type === forge.asn1.Type.INTEGER && typeof child.value === 'string')
        most = Math.max(most, child.value.length > 6 ? Infinity : forge.asn1.derToInteger(child.value));
      most = Math.max(most, rounds(child, depth + 1));
    }
    return most;
  };

  const content = parse(file.toString('binary'));
  if (content === null || rounds(content) > mostRounds) throw unreadable();
  const open = (word: string | undefined, what = content): Pkcs12.Pkcs12Pfx | 'locked' => {
    try {
      return forge.pkcs12.pkcs12FromAsn1(what, true, word);
    } catch (error) {
      if (error instanceof Error && /password|MAC|decrypt/i.test(error.message)) return 'locked';
      throw unreadable();
    }
  };
  let pfx = open(password);
  // Without a password some programs lock with the empty one, others with none at all.
  if (pfx === 'locked' && password === '') pfx = open(undefined);
  // Newer files are locked with the password's UTF-8 bytes and sealed with its UTF-16 ones; the library knows one form for both.
  if (pfx === 'locked' && /[^\0-\x7f]/.test(password))
    pfx = open(Buffer.from(password, 'utf8').toString('binary'), {
      ...content,
      value: content.value.slice(0, 2),
    } as Asn1.Asn1);
  if (pfx === 'locked') throw new ProblemError('certificatePasswordWrong');

  const { certBag, pkcs8ShroudedKeyBag, keyBag } = forge.pki.oids;
  const bags = (type: string | undefined) => (type === undefined ? [] : (pfx.getBags({ bagType: type })[type] ?? []));
  try {
    return {
      certificates: bags(certBag).map(
        ({ cert, asn1 }) => new X509Certificate(der(cert == null ? asn1 : forge.pki.certificateToAsn1(cert))),
      ),
      keys: [...bags(pkcs8ShroudedKeyBag), ...bags(keyBag)].map(({ key }) => {
        // The library reads RSA keys only and leaves others as they are.
        if (key == null) throw new ProblemError('certificateNotRsa');
        const wrapped = der(forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key)));
        return createPrivateKey({ key: wrapped, format: 'der', type: 'pkcs8' });
      }),
    };
  } catch (error) {
    throw error instanceof ProblemError ? error : unreadable();
  }
}

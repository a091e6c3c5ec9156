import { X509Certificate } from 'node:crypto';

/** Who signed an installer package, as far as its certificate tells. The signature itself is not verified here. */
export interface InstallerSigner {
  /** `Developer ID Installer: Example Ltd (ABCDE12345)`, null where the certificate cannot be read. */
  commonName: string | null;
  /** The organisation, null where the certificate names none. */
  organisation: string | null;
  isDeveloperIdInstaller: boolean;
}

const largestCertificate = 16 * 1024;

export function readSigner(certificates: readonly string[]): InstallerSigner {
  const subject = subjectOf(certificates[0] ?? '');
  const commonName = subject.get('CN') ?? null;
  const isDeveloperIdInstaller = commonName?.startsWith('Developer ID Installer: ') ?? false;
  const named = /^Developer ID Installer: (.+?)(?: \([A-Z0-9]{10}\))?$/.exec(commonName ?? '')?.[1];
  return { commonName, organisation: subject.get('O') ?? named ?? null, isDeveloperIdInstaller };
}

function subjectOf(certificate: string): Map<string, string> {
  const subject = new Map<string, string>();
  if (certificate === '' || certificate.length > largestCertificate) return subject;
  try {
    const { subject: lines } = new X509Certificate(Buffer.from(certificate, 'base64'));
    for (const line of lines.split('\n')) {
      const [, name, value] = /^([A-Z]+)=(.*)$/.exec(line) ?? [];
      if (name !== undefined && value !== undefined && !subject.has(name)) subject.set(name, value);
    }
  } catch {
    // A certificate that cannot be read names nobody.
  }
  return subject;
}

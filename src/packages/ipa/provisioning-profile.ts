import { fromBER, type OctetString } from 'asn1js';
import { ContentInfo, SignedData } from 'pkijs';
import { readPropertyList } from '../property-list/property-list.ts';
import { listOf } from '../property-list/property-value.ts';

const warnedDays = 30;
const day = 24 * 60 * 60 * 1000;

/** What embedded.mobileprovision allows: Apple's signed statement on which devices the app runs, and until when. */
export interface ProvisioningProfile {
  expiration: Date | null;
  /** How many devices the profile names; null where it is for all of a company's devices. */
  namedDevices: number | null;
  /** False where only its text is there. */
  isSigned: boolean;
}

/** Null where the file is no profile. Its signature is not checked: the devices do that. */
export function readProvisioningProfile(bytes: Buffer): ProvisioningProfile | null {
  return profileIn(() => signedContent(bytes), true) ?? profileIn(() => plainContent(bytes), false);
}

function profileIn(content: () => Buffer, isSigned: boolean): ProvisioningProfile | null {
  try {
    const profile = readPropertyList(content());
    const expiration = profile.get('ExpirationDate');
    const isForAll = profile.get('ProvisionsAllDevices') === true;
    const devices = profile.get('ProvisionedDevices');
    return {
      expiration: expiration instanceof Date ? expiration : null,
      namedDevices: isForAll || devices === undefined ? null : listOf(devices).length,
      isSigned,
    };
  } catch {
    // Whatever these parsers throw on bytes of the package says the same: not a profile.
    return null;
  }
}

/** What people take out of a profile, or what is left of a damaged one: the text alone. */
function plainContent(bytes: Buffer): Buffer {
  const end = '</plist>';
  const from = bytes.indexOf('<?xml');
  const until = bytes.indexOf(end, Math.max(0, from));
  return from < 0 || until < 0 ? bytes : bytes.subarray(from, until + end.length);
}

function signedContent(bytes: Buffer): Buffer {
  const { result, offset } = fromBER(bytes, { parseEmbedded: false });
  if (offset === -1) throw new Error(result.error);
  const signed = new SignedData({ schema: new ContentInfo({ schema: result }).content });
  const content: OctetString | undefined = signed.encapContentInfo.eContent;
  if (content === undefined) throw new Error('Nothing is signed');
  return Buffer.from(content.getValue());
}

/** Sentences for the person who publishes. `profile` is null where it cannot be read, undefined where there is none. */
export function profileWarnings(profile: ProvisioningProfile | null | undefined, now: Date): string[] {
  if (profile === undefined)
    return ['The app has no provisioning profile, and devices install apps from Intune only with one.'];
  if (profile === null) return ['The provisioning profile in the app cannot be read, so nobody knows when it expires.'];
  return [
    ...(profile.isSigned
      ? []
      : ['The provisioning profile is not signed, and devices take only those that Apple signed.']),
    ...expirationWarning(profile.expiration, now),
    ...deviceWarning(profile.namedDevices),
  ];
}

function expirationWarning(expiration: Date | null, now: Date): string[] {
  if (expiration === null) return ['The provisioning profile does not say when it expires.'];
  const left = expiration.getTime() - now.getTime();
  const date = expiration.toISOString().slice(0, 10);
  if (left <= 0)
    return [`The provisioning profile expired on ${date}: devices do not start the app. Export it with a new profile.`];
  if (left >= warnedDays * day) return [];
  const days = Math.floor(left / day);
  const when = days === 0 ? 'within a day' : days === 1 ? 'in 1 day' : `in ${days} days`;
  return [`The provisioning profile expires ${when}, on ${date}; from then on devices do not start the app.`];
}

function deviceWarning(devices: number | null): string[] {
  if (devices === null) return [];
  const those = devices === 1 ? 'the 1 device' : `the ${devices} devices`;
  return [
    `The provisioning profile is for development or testing: the app installs only on ${those} that it names. For all devices use a profile for in-house distribution.`,
  ];
}

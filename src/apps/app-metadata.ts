import { z } from 'zod';
import type { IntuneApp } from '../graph/intune-app.ts';

/** The properties that an app of any type has and that people may change here. */
export type AppMetadata = IntuneApp['metadata'];
export type MetadataField = keyof AppMetadata;

export const metadataLabels: Record<MetadataField, string> = {
  displayName: 'Name',
  description: 'Description',
  publisher: 'Publisher',
  developer: 'Developer',
  owner: 'Owner',
  notes: 'Notes',
  informationUrl: 'Information URL',
  privacyInformationUrl: 'Privacy URL',
  isFeatured: 'Featured',
};
const fields = Object.keys(metadataLabels) as MetadataField[];

const optionalText = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `At most ${most} characters`)
    .transform((text) => (text === '' ? null : text));
const needed = (most: number, what: string) =>
  z.string().trim().min(1, `${what} is needed`).max(most, `At most ${most} characters`);
const link = z
  .string()
  .trim()
  .max(2000, 'At most 2000 characters')
  .refine((text) => text === '' || (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)), {
    error: 'Use a whole address that begins with https://',
  })
  .transform((text) => (text === '' ? null : text));

const form = z.object({
  displayName: needed(256, 'A name'),
  description: needed(10_000, 'A description'),
  publisher: needed(256, 'A publisher'),
  developer: optionalText(256),
  owner: optionalText(256),
  notes: optionalText(10_000),
  informationUrl: link,
  privacyInformationUrl: link,
  isFeatured: z.stringbool().catch(false),
});

export type MetadataFaults = Partial<Record<MetadataField, string>>;

/** A field that the client left out was left empty. */
export function readMetadataForm(
  data: Record<string, unknown>,
): { ok: true; values: AppMetadata } | { ok: false; faults: MetadataFaults } {
  const typed = Object.fromEntries(fields.map((field) => [field, data[field] ?? '']));
  const read = form.safeParse(typed);
  if (read.success) return { ok: true, values: read.data };
  const faults: MetadataFaults = {};
  for (const issue of read.error.issues) faults[issue.path[0] as MetadataField] ??= issue.message;
  return { ok: false, faults };
}

export interface Clash {
  field: MetadataField;
  /** What somebody else wrote meanwhile. */
  theirs: string | boolean | null;
}

export interface MergedMetadata {
  /** What is to be written: only what this person changed. */
  changes: Partial<AppMetadata>;
  /** Both changed it, to different values. */
  clashes: Clash[];
  /** Others changed it, this person did not: it stays as it is now. */
  othersChanged: MetadataField[];
}

/** Joins what somebody typed with what others wrote since the form was shown. */
export function mergeMetadata(seen: AppMetadata, typed: AppMetadata, current: AppMetadata): MergedMetadata {
  const merged: MergedMetadata = { changes: {}, clashes: [], othersChanged: [] };
  for (const field of fields) {
    const isMine = !isSame(typed[field], seen[field]);
    const isTheirs = !isSame(current[field], seen[field]);
    if (isMine && !isSame(typed[field], current[field])) {
      if (isTheirs) merged.clashes.push({ field, theirs: current[field] });
      else Object.assign(merged.changes, { [field]: typed[field] });
    } else if (isTheirs && !isMine) merged.othersChanged.push(field);
  }
  return merged;
}

/** Forms cannot tell an empty text from none, and clients write line ends in their own way. */
const isSame = (one: string | boolean | null, other: string | boolean | null) => spelled(one) === spelled(other);
const spelled = (value: string | boolean | null) =>
  typeof value === 'string' ? value.replaceAll('\r\n', '\n').trim() : (value ?? '');

import type { GraphAppType } from '../../packages/package-facts.ts';
import type { AppContent } from '../app-content.ts';
import type { AppIdentity } from './app-identity.ts';

/** One thing that a requester decides and that only some app types have. Values are strings, as cards send them. */
export interface SettingField {
  /** Name of the input and of the value in the form. */
  id: string;
  label: string;
  hint?: string;
  /** Proposed from the package. */
  value: string;
  choices?: { title: string; value: string }[];
  isMultiline?: boolean;
  isRequired?: boolean;
  maxLength?: number;
  /** Asked on the second card: most people leave it as it is. */
  isFurther?: boolean;
  /** What is wrong with a value that is not empty. */
  check?(value: string): string | null;
}

export type Settings = Readonly<Record<string, string>>;

/** What every app has, as the requester wants it. */
export interface AppTexts {
  displayName: string;
  description: string;
  publisher: string;
  notes: string;
}

export interface AppDraft {
  /** Body of the create without `@odata.type`, icon and what all apps have. */
  properties: Record<string, unknown>;
  /** For people: `5.0.0 (25)`. */
  version: string;
  /** Of the content file, base64; null where the app type has none. */
  manifest: string | null;
  /** Any of them marks the same app in Intune. */
  identities: AppIdentity[];
  content: AppContent;
}

/** A package as one of the app types that Intune could keep it as. */
export interface AppShape {
  graphType: GraphAppType;
  /** `an Android app` */
  noun: string;
  /** Why this type and what it means, where a package could be kept as several. */
  explanation: string | null;
  fields: SettingField[];
  /** Faults that concern several values, by field. */
  check?(settings: Settings): Record<string, string>;
  draft(texts: AppTexts, settings: Settings, fileName: string): AppDraft;
}

export const yesOrNo = (yes: string, no: string) => [
  { title: no, value: 'false' },
  { title: yes, value: 'true' },
];

/** For XML in manifests. */
export function escapedXml(value: string): string {
  return value.replace(/[<>&'"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

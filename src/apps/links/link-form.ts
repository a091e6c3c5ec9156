import { z } from 'zod';
import type { Store, StoreLink } from './store-links.ts';

/** Graph's types of apps that have no package. */
export type LinkAppType =
  | 'winGetApp'
  | 'iosStoreApp'
  | 'androidStoreApp'
  | 'webApp'
  | 'iosiPadOSWebClip'
  | 'windowsWebApp'
  | 'macOSWebClip';

export const typesOfStore: Record<Store, readonly [LinkAppType, ...LinkAppType[]]> = {
  microsoft: ['winGetApp'],
  apple: ['iosStoreApp'],
  google: ['androidStoreApp'],
  web: ['webApp', 'iosiPadOSWebClip', 'windowsWebApp', 'macOSWebClip'],
};

/** What Graph v1.0 can say; https://learn.microsoft.com/graph/api/resources/intune-apps-iosminimumoperatingsystem */
export const iosVersions = ['v15_0', 'v14_0', 'v13_0', 'v12_0', 'v11_0', 'v10_0', 'v9_0', 'v8_0'] as const;
/** https://learn.microsoft.com/graph/api/resources/intune-apps-androidminimumoperatingsystem */
export const androidVersions = [
  'v11_0',
  'v10_0',
  'v9_0',
  'v8_1',
  'v8_0',
  'v7_1',
  'v7_0',
  'v6_0',
  'v5_1',
  'v5_0',
] as const;

const needed = (most: number, what: string) =>
  z
    .string({ error: `${what} is needed` })
    .trim()
    .min(1, `${what} is needed`)
    .max(most, `At most ${most} characters`);
const toggle = z.stringbool().catch(false);

const common = {
  displayName: needed(256, 'A name'),
  description: needed(10_000, 'A description'),
  publisher: needed(256, 'A publisher'),
  notes: z.string().trim().max(2_000, 'At most 2000 characters').default(''),
  connectionId: z.uuid({ error: 'Choose a connection' }),
};

const forms = {
  microsoft: z.object({
    ...common,
    runAsAccount: z.enum(['user', 'system'], { error: 'Choose who it is installed for' }),
  }),
  apple: z.object({
    ...common,
    bundleId: needed(255, 'The bundle id').regex(/^[A-Za-z0-9.-]+$/, 'A bundle id looks like com.contoso.expenses'),
    devices: z.enum(['both', 'iPhone', 'iPad'], { error: 'Choose the devices' }),
    minimumOs: z.enum(iosVersions, { error: 'Choose a version' }),
  }),
  google: z.object({ ...common, minimumOs: z.enum(androidVersions, { error: 'Choose a version' }) }),
  web: z.object({
    ...common,
    type: z.enum(typesOfStore.web, { error: 'Choose what it becomes' }),
    useManagedBrowser: toggle,
    fullScreen: toggle,
  }),
};

type FormOf<S extends Store> = z.infer<(typeof forms)[S]>;
export type LinkForm = { [S in Store]: { store: S } & FormOf<S> }[Store];
export type LinkFormFaults = Record<string, string>;

export function readLinkForm(
  store: Store,
  data: Record<string, unknown>,
): { ok: true; form: LinkForm } | { ok: false; faults: LinkFormFaults } {
  const read = forms[store].safeParse(data);
  if (read.success) return { ok: true, form: { store, ...read.data } as LinkForm };
  const faults: LinkFormFaults = {};
  for (const issue of read.error.issues) faults[String(issue.path[0])] ??= issue.message;
  return { ok: false, faults };
}

export const typeOfForm = (form: LinkForm): LinkAppType =>
  form.store === 'web' ? form.type : (typesOfStore[form.store][0] as LinkAppType);

const graph = (type: string) => `#microsoft.graph.${type}`;

/** The properties of the app, as Graph wants them; https://learn.microsoft.com/graph/api/resources/intune-apps-mobileapp */
export function linkAppBody(form: LinkForm, link: Pick<StoreLink, 'url' | 'id'>, marker: string) {
  const notes = form.notes === '' ? marker : `${form.notes}\n\n${marker}`;
  const { displayName, description, publisher } = form;
  return {
    '@odata.type': graph(typeOfForm(form)),
    displayName,
    description,
    publisher,
    notes,
    ...ownProperties(form, link),
  };
}

function ownProperties(form: LinkForm, { url, id }: Pick<StoreLink, 'url' | 'id'>): Record<string, unknown> {
  switch (form.store) {
    case 'microsoft':
      return {
        packageIdentifier: id,
        installExperience: { '@odata.type': graph('winGetAppInstallExperience'), runAsAccount: form.runAsAccount },
      };
    case 'apple':
      return {
        appStoreUrl: url,
        bundleId: form.bundleId,
        applicableDeviceType: {
          '@odata.type': graph('iosDeviceType'),
          iPad: form.devices !== 'iPhone',
          iPhoneAndIPod: form.devices !== 'iPad',
        },
        minimumSupportedOperatingSystem: { '@odata.type': graph('iosMinimumOperatingSystem'), [form.minimumOs]: true },
      };
    case 'google':
      return {
        appStoreUrl: url,
        minimumSupportedOperatingSystem: {
          '@odata.type': graph('androidMinimumOperatingSystem'),
          [form.minimumOs]: true,
        },
      };
    case 'web':
      return { appUrl: url, ...webProperties(form) };
  }
}

function webProperties(form: Extract<LinkForm, { store: 'web' }>): Record<string, unknown> {
  switch (form.type) {
    case 'webApp':
    case 'iosiPadOSWebClip':
      return { useManagedBrowser: form.useManagedBrowser };
    case 'macOSWebClip':
      return { fullScreenEnabled: form.fullScreen };
    default:
      return {};
  }
}

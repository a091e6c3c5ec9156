import { z } from 'zod';
import { plannedAssignment } from '../templates/planned-assignment.ts';
import { appContent, packageItself } from './app-content.ts';
import { appIdentity } from './kinds/app-identity.ts';

const difference = z.object({ property: z.string(), label: z.string(), from: z.string(), to: z.string() });

const existingApp = z.object({
  id: z.string(),
  displayName: z.string(),
  version: z.string().nullable(),
  /** Whether new content may take the place of what is there. */
  guard: z.enum(['allow', 'ask', 'refuse']),
  /** Why that is asked or refused. */
  reason: z.string().nullable(),
  /** Field by field, as far as a card has room. */
  differences: z.array(difference),
  /** Whether a new app can supersede it; null where the type knows nothing of that, `full` beyond Intune's limit. */
  supersedence: z.enum(['possible', 'full']).nullable().default(null),
  /** Stands for all that the plan would change in the app, to be compared when the job starts. */
  trace: z.string(),
});
export type ExistingApp = z.infer<typeof existingApp>;

/** What the plan card showed and the job carries out. Read from Graph when shown, compared again when the job starts. */
export const publishPlan = z.object({
  connectionId: z.string(),
  connectionRevision: z.number(),
  graphType: z.enum([
    'androidLobApp',
    'iosLobApp',
    'windowsMobileMSI',
    'win32LobApp',
    'windowsUniversalAppX',
    'macOSLobApp',
    'macOSPkgApp',
    'macOSDmgApp',
  ]),
  action: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('create') }),
    /** New content on an app that is already there; `app` then holds the properties to patch. */
    z.object({ kind: z.literal('newVersion'), appId: z.string() }),
    /** A new app, which then supersedes one that is there: over it, or after removing it from the device. */
    z.object({ kind: z.literal('supersede'), appId: z.string(), how: z.enum(['update', 'replace']) }),
  ]),
  /** Body of the create or the patch, without `@odata.type` and without the icon. */
  app: z.record(z.string(), z.unknown()),
  displayName: z.string(),
  /** For people: `5.0.0 (25)`. */
  version: z.string(),
  /** Of the package. */
  fileName: z.string(),
  /** Plain bytes of the content. */
  size: z.number(),
  /** Of the package, hex. */
  sha256: z.string(),
  content: appContent.default(packageItself),
  /** Base64, where the app type has one. */
  manifest: z.string().nullable(),
  /** How the same app is found in Intune. */
  identities: z.array(appIdentity).default([]),
  /** Properties whose values in Intune have to be those that the plan showed. */
  watched: z.array(z.string()).default([]),
  /** Apps with this package's identity when the plan was shown. */
  existing: z.array(existingApp),
  /** Name, description and publisher are the package's own, so that an update leaves Intune's alone unless asked. */
  hasProposedTexts: z.boolean().default(false),
  /** Who gets the app once it is published; null leaves its assignments alone. */
  assignment: plannedAssignment.nullable().default(null),
  /** Of the tenant, by an app template; those that the app is under already stay. */
  categories: z.array(z.object({ id: z.string(), name: z.string() })).default([]),
  /** The icon of an app template, in place of the package's. */
  picture: z.string().nullable().default(null),
  /** What was chosen and cannot be done here, as sentences. */
  leftOut: z.array(z.string()).default([]),
});
export type PublishPlan = z.infer<typeof publishPlan>;

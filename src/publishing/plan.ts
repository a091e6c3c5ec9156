import { z } from 'zod';

const existingApp = z.object({
  id: z.string(),
  displayName: z.string(),
  versionCode: z.string().nullable(),
  versionName: z.string().nullable(),
});

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
  ]),
  /** Body of the create or the patch, without `@odata.type` and without the icon. */
  app: z.record(z.string(), z.unknown()),
  displayName: z.string(),
  /** For people: `5.0.0 (25)`. */
  version: z.string(),
  fileName: z.string(),
  /** Bytes. */
  size: z.number(),
  sha256: z.string(),
  /** Base64, where the app type has one. */
  manifest: z.string().nullable(),
  /** Apps with this package's identity when the plan was shown. */
  existing: z.array(existingApp),
});
export type PublishPlan = z.infer<typeof publishPlan>;

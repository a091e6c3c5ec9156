import type { FaultName, FaultPlace } from '../../demo/faults.ts';

const steps = {
  createApp: ({ method, path }) => method === 'POST' && path.endsWith('/mobileApps'),
  createContentVersion: ({ method, path }) => method === 'POST' && path.endsWith('/contentVersions'),
  createFile: ({ method, path }) => method === 'POST' && path.endsWith('/files'),
  awaitUploadUri: ({ method, path }) => method === 'GET' && path.includes('/files/'),
  commit: ({ method, path }) => method === 'POST' && path.endsWith('/commit'),
  activate: ({ method }) => method === 'PATCH',
  relate: ({ path }) => path.endsWith('/updateRelationships'),
  assign: ({ path }) => path.endsWith('/assign'),
  awaitPublished: ({ method, path }) => method === 'GET' && /\/mobileApps\/[0-9a-f-]{36}$/.test(path),
} as const satisfies Record<string, (at: FaultPlace) => boolean>;

export type StepName = keyof typeof steps | 'upload' | 'awaitCommit' | 'signIn' | 'find';

export interface FaultRow {
  fault: FaultName;
  step: StepName;
  /** For ever without it. */
  times?: number;
  where?: (at: FaultPlace) => boolean;
  /** What a person does meanwhile. */
  answer?: 'approve' | 'reject' | 'letExpire';
}

const graphFaults: readonly (readonly [FaultName, number])[] = [
  ['throttleGraph429', 2],
  ['throttleGraph429NoRetryAfter', 2],
  ['graph503', 2],
  ['intuneProxy401', 1],
  ['answer500', 1],
  ['dropAnswer', 1],
];

const everywhere: FaultRow[] = graphFaults.flatMap(([fault, times]) =>
  Object.entries(steps).map(([step, where]) => ({ fault, step: step as StepName, times, where })),
);

/** Steps that make a new app; all others give one that is there a new version. */
export const makesNewApp: ReadonlySet<StepName> = new Set(['signIn', 'find', 'createApp', 'relate']);

/** Each fault with each step that it can hit. */
export const faultRows: readonly FaultRow[] = [
  ...everywhere,
  { fault: 'largePages503', step: 'find' },
  { fault: 'dropCreateAnswer', step: 'createApp', times: 1 },
  { fault: 'dropCommitAnswer', step: 'commit', times: 1 },
  { fault: 'throttleLogin429', step: 'signIn', times: 1 },
  { fault: 'login503', step: 'signIn', times: 1 },
  { fault: 'replicaLag412', step: 'createContentVersion', times: 2, where: steps.createContentVersion },
  { fault: 'replicaLag412', step: 'activate', times: 2, where: steps.activate },
  { fault: 'notYetVisible404', step: 'createFile', times: 2, where: steps.createFile },
  { fault: 'sasRequestTimeout', step: 'awaitUploadUri', times: 1 },
  { fault: 'expireUploadUrl', step: 'upload', times: 1 },
  { fault: 'storage403Once', step: 'upload', times: 1 },
  { fault: 'storage503', step: 'upload', times: 5 },
  { fault: 'slowStorage', step: 'upload', times: 1 },
  { fault: 'failCommit', step: 'awaitCommit', times: 1 },
  { fault: 'failCommit', step: 'awaitCommit', times: 2 },
  { fault: 'failCommit', step: 'awaitCommit' },
  { fault: 'noIntune', step: 'find' },
  { fault: 'multiAdminApprovalForNewApps', step: 'createApp', answer: 'approve' },
  { fault: 'multiAdminApprovalForNewApps', step: 'createApp', answer: 'reject' },
  { fault: 'multiAdminApproval', step: 'activate', answer: 'approve' },
  { fault: 'multiAdminApproval', step: 'activate', answer: 'reject' },
  { fault: 'multiAdminApproval', step: 'activate', answer: 'letExpire' },
  ...(['relate', 'assign'] as const).flatMap((step) =>
    (['approve', 'reject', 'letExpire'] as const).map((answer): FaultRow => {
      return { fault: 'multiAdminApproval', step, where: steps[step], answer };
    }),
  ),
];

import type { AppView } from '../../src/apps/apps.ts';
import { now, sampleConnection } from './samples.ts';

const pilot = '11f1c0de-0002-4a00-9a00-000000000002';
const contractors = '11f1c0de-0004-4a00-9a00-000000000004';

export function sampleAppView(change: Partial<AppView> = {}): AppView {
  return {
    connection: sampleConnection(),
    app: {
      id: '3470c804-d55b-4592-998a-f70f35933a3e',
      graphType: 'androidLobApp',
      metadata: {
        displayName: 'API Demos',
        description: 'Shows what Android can do',
        publisher: 'Contoso',
        developer: null,
        owner: 'Mobile team',
        notes: null,
        informationUrl: null,
        privacyInformationUrl: null,
        isFeatured: false,
      },
      publishingState: 'published',
      version: '4.1',
      build: '24',
      identifier: 'io.appium.android.apis',
      fileName: 'ApiDemos.apk',
      size: 5_800_000,
      committedContentVersion: '1',
      createdDateTime: '2026-09-22T10:00:00Z',
      lastModifiedDateTime: '2026-11-20T10:00:00Z',
      icon: { mimeType: 'image/png', base64: 'iVBORw0KGgo=' },
      assignments: [
        {
          id: 'a1',
          intent: 'required',
          target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId: pilot },
          settings: null,
        },
        {
          id: 'a2',
          intent: 'available',
          target: { '@odata.type': '#microsoft.graph.allLicensedUsersAssignmentTarget' },
          settings: null,
        },
        {
          id: 'a3',
          intent: 'available',
          target: { '@odata.type': '#microsoft.graph.exclusionGroupAssignmentTarget', groupId: contractors },
          settings: null,
        },
      ],
      categories: [{ id: 'c1', displayName: 'Developer tools' }],
    },
    groups: {
      names: new Map([
        [pilot, 'Mobile pilot'],
        [contractors, 'Contractors'],
      ]),
      state: 'known',
    },
    relations: [
      {
        id: 'r1',
        kind: 'supersedence',
        targetId: 'b1',
        targetName: 'API Demos 3',
        targetVersion: '3.0',
        isInbound: false,
        how: 'update',
      },
    ],
    published: [
      {
        jobId: 'j1',
        jobNumber: '7f3k2',
        by: 'Alex Wilber',
        version: '4.1 (24)',
        at: new Date(now.getTime() - 86_400_000),
      },
    ],
    ...change,
  };
}

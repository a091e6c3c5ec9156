import type { AuditLog } from '../audit/audit.ts';
import type { StoredConnection } from '../connections/connection.ts';
import type { Connections } from '../connections/connections.ts';
import type { Database } from '../store/database.ts';
import type { Picture } from '../store/pictures.ts';
import { openApps } from './app-access.ts';

export interface AppIconServices {
  database: Pick<Database, 'db'>;
  connections: Pick<Connections, 'accessTo'>;
  audit: AuditLog;
}

/** The picture that people see of an app in Company Portal. */
export class AppIcons {
  readonly #services: AppIconServices;

  constructor(services: AppIconServices) {
    this.#services = services;
  }

  /** False where the app is not there any more. */
  async put(
    workspaceId: string,
    connection: StoredConnection,
    appId: string,
    { mimeType, width, height, base64 }: Picture,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { connections, audit, database } = this.#services;
    const { apps, changes } = await openApps(connections, connection.id);
    const app = await apps.get(appId, signal);
    if (app === null) return false;
    const largeIcon = { '@odata.type': '#microsoft.graph.mimeContent', type: mimeType, value: base64 };
    await changes.update(appId, app.graphType, { largeIcon }, signal);
    await audit.record(database.db, {
      workspaceId,
      subject: { kind: 'app', id: appId, name: app.metadata.displayName ?? appId },
      before: { icon: app.icon?.mimeType ?? null },
      after: { icon: `${mimeType} ${width}x${height}` },
    });
    return true;
  }
}

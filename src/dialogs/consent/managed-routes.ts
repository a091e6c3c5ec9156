import { z } from 'zod';
import type { Access } from '../../access/access.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import { nameFault } from '../../connections/connection-form.ts';
import type { Connections } from '../../connections/connections.ts';
import type { ManagedApp, ManagedApps } from '../../connections/managed-apps.ts';
import { tenantFault } from '../../connections/tenant-name.ts';
import { ProblemError } from '../../problems/problem.ts';
import type { SignIns } from '../../sign-in/sign-ins.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import { type ManagedForm, managedForm, proveCard } from './managed-cards.ts';

export interface ManagedServices {
  apps: Pick<ManagedApps, 'list' | 'of' | 'prove'>;
  connections: Pick<Connections, 'find' | 'requestTest'>;
  create(made: {
    workspaceId: string;
    name: string;
    tenant: string;
    app: ManagedApp;
    by: Turn['actor'];
  }): Promise<StoredConnection>;
  signIns: Pick<SignIns, 'issue'>;
  access: Pick<Access, 'isAdministrator'>;
  connectionReply(connection: StoredConnection, now: Date, words: { saved: string }): Reply;
}

const typed = z
  .string()
  .nullish()
  .transform((text) => (text ?? '').trim());
const oneConnection = z.object({ connection: z.uuid() });
const gone: Reply = {
  kind: 'text',
  text: 'This connection is not known here any more. Type connections to see those that are.',
};
const appGone: Reply = {
  kind: 'text',
  text: 'The operator does not offer this app any more. Type connect for what there is.',
};

/** Connections with an app of the operator: no secret to type, and a tenant to prove. */
export function managedRoutes(services: ManagedServices): Route[] {
  const { apps, connections } = services;

  const form = (options: ManagedForm): Reply => ({
    kind: 'personalCard',
    card: managedForm(options),
    summary: 'Connect to Intune',
  });

  const save = async (turn: Turn, app: ManagedApp, values: { name: string; tenant: string }): Promise<Reply> => {
    const [wrongName, wrongTenant] = [nameFault(values.name), tenantFault(values.tenant)];
    if (wrongName !== null || wrongTenant !== null)
      return form({
        app,
        values,
        faults: {
          ...(wrongName === null ? {} : { name: wrongName }),
          ...(wrongTenant === null ? {} : { tenant: wrongTenant }),
        },
      });
    try {
      const connection = await services.create({
        workspaceId: (await turn.workspace()).id,
        name: values.name.replace(/\s+/g, ' '),
        tenant: values.tenant.toLowerCase(),
        app,
        by: turn.actor,
      });
      return services.connectionReply(connection, turn.now, {
        saved: `${connection.name} is saved. Next somebody of the tenant proves that it is theirs.`,
      });
    } catch (error) {
      if (error instanceof ProblemError && error.problem.code === 'connectionNameTaken')
        return form({ app, values, faults: { name: error.problem.what } });
      throw error;
    }
  };

  /** An administrator of the operator's configuration, and the tenant of this very conversation. */
  const mayVouch = ({ actor }: Turn, connection: StoredConnection): boolean =>
    actor.homeTenantId.toLowerCase() === connection.tenantId.toLowerCase() && services.access.isAdministrator(actor);

  return [
    verb({
      verb: 'managed.form',
      permission: 'manageConnections',
      asks: true,
      data: z.object({ app: z.string() }),
      async handle(_turn, data) {
        const app = apps.list.find(({ id }) => id === data.app);
        return app === undefined ? appGone : form({ app });
      },
    }),
    verb({
      verb: 'managed.save',
      permission: 'manageConnections',
      data: z.object({ app: z.string(), name: typed, tenant: typed }),
      async handle(turn, { app: id, ...values }) {
        const app = apps.list.find((one) => one.id === id);
        return app === undefined ? appGone : save(turn, app, values);
      },
    }),
    verb({
      verb: 'managed.prove',
      permission: 'manageConnections',
      data: oneConnection,
      async handle(turn, data) {
        const workspace = await turn.workspace();
        const connection = await connections.find(workspace.id, data.connection);
        if (connection === null) return gone;
        const app = apps.of(connection);
        if (app === null) return appGone;
        const { url, code } = await services.signIns.issue({
          purpose: 'tenantProof',
          workspaceId: workspace.id,
          connectionId: connection.id,
          connectionRevision: connection.revision,
          expectedTenantId: connection.tenantId,
          homeTenantId: workspace.homeTenantId,
          requester: turn.actor,
          place: turn.place,
        });
        return {
          kind: 'personalCard',
          card: proveCard({ connection, app, url, code, mayVouch: mayVouch(turn, connection) }),
          summary: `Prove the tenant of ${connection.name}`,
        };
      },
    }),
    verb({
      verb: 'managed.vouch',
      permission: 'manageConnections',
      data: oneConnection,
      async handle(turn, data) {
        const connection = await connections.find((await turn.workspace()).id, data.connection);
        if (connection === null) return gone;
        if (apps.of(connection) === null) return appGone;
        if (!mayVouch(turn, connection))
          return {
            kind: 'text',
            text: 'Only an administrator whom the operator named, and only for the tenant of this conversation. Anybody else signs in.',
          };
        await apps.prove(connection, { tenantId: turn.actor.homeTenantId, how: 'administrator', by: turn.actor });
        const testing = await connections.requestTest(connection.id);
        return services.connectionReply(testing, turn.now, { saved: `${turn.actor.name} vouched for the tenant.` });
      },
    }),
  ];
}

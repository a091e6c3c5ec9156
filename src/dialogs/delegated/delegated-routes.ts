import { z } from 'zod';
import type { StoredConnection } from '../../connections/connection.ts';
import type { Connections } from '../../connections/connections.ts';
import type { DelegatedSignIn } from '../../connections/delegated-sign-in.ts';
import type { ManagedApps } from '../../connections/managed-apps.ts';
import { capabilities, findCapability } from '../../permissions/capabilities.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import { askSignInCard, sessionCard, signInLinkCard } from './delegated-cards.ts';

export interface DelegatedServices {
  connections: Pick<Connections, 'find'>;
  managedApps: Pick<ManagedApps, 'of' | 'isProven'>;
  delegated: Pick<DelegatedSignIn, 'redirectUri' | 'session' | 'issue' | 'share' | 'signOut'>;
}

const one = z.object({ connection: z.uuid() });

/** Signing in for a connection that works in a person's name. Everything is shown to the presser alone. */
export function delegatedRoutes({ connections, managedApps, delegated }: DelegatedServices): Route[] {
  const about = <Data extends { connection: string }>(
    name: string,
    permission: 'look' | 'manageConnections',
    data: z.ZodType<Data>,
    answer: (turn: Turn, connection: StoredConnection, data: Data) => Promise<Reply>,
  ): Route =>
    verb<Data>({
      verb: name,
      permission,
      // Opening the form changes nothing; what the rest changes is written down with the change.
      ...(name === 'signin.ask' ? { asks: true as const } : {}),
      data,
      handle: async (turn, pressed) => {
        const connection = await connections.find((await turn.workspace()).id, pressed.connection);
        if (connection === null) return { kind: 'text', text: 'This connection is not known here any more.' };
        if (connection.permissionKind !== 'delegated')
          return {
            kind: 'text',
            text: `${connection.name} works with application permissions: nobody has to sign in.`,
          };
        return answer(turn, connection, pressed);
      },
    });
  const personal = (connection: StoredConnection, card: Extract<Reply, { kind: 'personalCard' }>['card']): Reply => ({
    kind: 'personalCard',
    card,
    summary: `Sign-in of ${connection.name}`,
  });
  const state = async (turn: Turn, connection: StoredConnection, saved?: string): Promise<Reply> => {
    const session = await delegated.session(connection.id);
    const isOwner = session?.owner.objectId === turn.actor.objectId;
    return personal(
      connection,
      sessionCard(connection, session, { isOwner, now: turn.now, ...(saved === undefined ? {} : { saved }) }),
    );
  };

  /** What an app of the operator is for, the operator decides. */
  const offeredBy = (connection: StoredConnection) => {
    const app = managedApps.of(connection);
    if (app === null) return capabilities;
    return capabilities.filter(({ id }) => id === 'publishApps' || app.capabilities.includes(id));
  };
  const ask = (connection: StoredConnection): Reply => {
    const redirectUri = connection.mode === 'managed' ? null : delegated.redirectUri;
    return personal(connection, askSignInCard({ connection, offered: offeredBy(connection), redirectUri }));
  };
  /** Nobody is sent to Microsoft for a tenant that nobody has stood up for. Null: go on. */
  const unproven = async (connection: StoredConnection): Promise<Reply | null> =>
    connection.mode !== 'managed' || (await managedApps.isProven(connection))
      ? null
      : {
          kind: 'text',
          text: `First somebody who administers the tenant of ${connection.name} stands up for it: press Prove the tenant on its card.`,
        };

  return [
    about('signin.state', 'look', one, (turn, connection) => state(turn, connection)),
    about(
      'signin.ask',
      'manageConnections',
      one,
      async (_turn, connection) => (await unproven(connection)) ?? ask(connection),
    ),
    about(
      'signin.link',
      'manageConnections',
      one.extend({ capabilities: z.string().max(400).default(''), forWorkspace: z.string().optional() }),
      async (turn, connection, { capabilities: ticked, forWorkspace }) => {
        const instead = await unproven(connection);
        if (instead !== null) return instead;
        const known = new Set(ticked.split(',').flatMap((id) => findCapability(id)?.id ?? []));
        const wanted = offeredBy(connection).flatMap(({ id }) => (known.has(id) ? [id] : []));
        if (wanted.length === 0) return ask(connection);
        const link = await delegated.issue({
          connection,
          wanted,
          forWorkspace: forWorkspace === 'true',
          requester: turn.actor,
          place: turn.place,
        });
        return {
          kind: 'personalCard',
          card: signInLinkCard(connection, link),
          summary: `Sign-in of ${connection.name}`,
          until: { subject: 'connection', subjectId: connection.id },
        };
      },
    ),
    about('signin.share', 'manageConnections', one.extend({ on: z.boolean() }), async (turn, connection, { on }) => {
      const isDone = await delegated.share(connection.id, on, turn.actor);
      if (!isDone) return state(turn, connection, 'Only the person who signed in decides that.');
      return state(turn, connection, on ? 'This place’s jobs may use it now.' : 'Only your own presses use it now.');
    }),
    about('signin.out', 'manageConnections', one, async (turn, connection) => {
      await delegated.signOut(connection, turn.actor);
      return state(turn, connection, 'Signed out here. Sessions at Microsoft are not touched.');
    }),
  ];
}

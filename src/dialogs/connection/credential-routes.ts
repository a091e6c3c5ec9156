import { z } from 'zod';
import type { StoredConnection } from '../../connections/connection.ts';
import type { Credential, CredentialChoice } from '../../connections/credential.ts';
import { type ReadCredential, readNewCredential } from '../../connections/credential-form.ts';
import type { Chooser } from '../../connections/own-identity.ts';
import { portalLink } from '../../graph/portal-links.ts';
import { ProblemError } from '../../problems/problem.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import { connectionPresses, oneConnection } from './connection-presses.ts';
import { connectionReply } from './connection-reply.ts';
import { type ConnectionServices, choicesFor, chooser, gone, ownFor } from './connection-services.ts';
import { credentialChoiceCard } from './credential-choice-card.ts';
import { credentialSetupCard } from './credential-setup-card.ts';
import { credentialName, isCredentialChoice } from './credential-words.ts';
import { type RotationFormCard, rotationFormCard } from './rotation-form-card.ts';
import { uploadLinkCard } from './upload-link-card.ts';

/** What has to be done in Entra for a credential that begins here, and the way from an old credential to a new one. */
export function credentialRoutes(services: ConnectionServices): Route[] {
  const { rotation } = services.connections;
  const { here, asked, changed } = connectionPresses(services);

  return [
    verb({
      verb: 'connection.setup',
      permission: 'manageConnections',
      asks: true,
      data: oneConnection,
      handle: async (turn, data) => {
        const found = await here(turn, data.connection);
        if (found === null) return gone;
        return setupReply(services, found, found.credential, { title: 'Test connection', verb: 'connection.test' });
      },
    }),
    verb({
      verb: 'connection.rotate',
      permission: 'manageConnections',
      asks: true,
      data: oneConnection.extend({ credential: z.string().optional() }),
      handle: async (turn, data) => {
        const found = await here(turn, data.connection);
        if (found === null) return gone;
        const refused = refusal(found);
        if (refused !== null) return refused;
        const { choices, withheld } = choicesFor(services.own, chooser(turn));
        const fitting: CredentialChoice[] = choices.filter((choice) => choice !== 'managedIdentity');
        if (isCredentialChoice(data.credential) && fitting.includes(data.credential))
          return rotationForm(services, turn, found, data.credential);
        return {
          kind: 'personalCard',
          card: credentialChoiceCard({ choices: fitting, withheld, replaces: found }),
          summary: `New credential for ${found.name}`,
        };
      },
    }),
    verb({
      verb: 'connection.rotateNow',
      permission: 'manageConnections',
      data: z.looseObject({ connection: z.uuid() }),
      handle: async (turn, data) => {
        const found = await here(turn, data.connection);
        if (found === null) return gone;
        const refused = refusal(found);
        if (refused !== null) return refused;
        const who = chooser(turn);
        const read = checked(services, found, readNewCredential(data, { own: services.own, now: turn.now, who }), who);
        if (!read.ok) {
          const choice = isCredentialChoice(data.credential) ? data.credential : 'secret';
          const typed = (key: string) => (typeof data[key] === 'string' ? data[key] : undefined);
          // What was typed comes back, the secret excepted.
          const values = {
            secretExpires: typed('secretExpires'),
            validMonths: typed('validMonths'),
            identity: typed('identity'),
            vaultEntry: typed('vaultEntry'),
          };
          return rotationForm(services, turn, found, choice, { values, faults: read.faults });
        }
        if (read.credential.choice === 'uploadedCertificate') return uploadLink(services, turn, found);
        const begun = await rotation.begin({ ...(await asked(turn, found.id)), credential: read.credential });
        const state = begun?.change?.state;
        return changed(
          turn,
          begun,
          state === 'prepared'
            ? 'The new credential is ready. The old one stays in use until the new one has passed its test.'
            : 'The new credential is saved. The old one stays in use until the new one has passed its test.',
        );
      },
    }),
    verb({
      verb: 'connection.upload',
      permission: 'manageConnections',
      data: oneConnection,
      handle: async (turn, data) => {
        const found = await here(turn, data.connection);
        return found === null ? gone : (refusal(found) ?? uploadLink(services, turn, found));
      },
    }),
    verb({
      verb: 'connection.rotateSetup',
      permission: 'manageConnections',
      asks: true,
      data: oneConnection,
      handle: async (turn, data) => {
        const found = await here(turn, data.connection);
        if (found === null) return gone;
        if (found.change === null) return connectionReply(services, found, turn.now);
        return setupReply(services, found, found.change.credential, {
          title: 'Test and switch',
          verb: 'connection.rotateTest',
        });
      },
    }),
    verb({
      verb: 'connection.rotateTest',
      permission: 'manageConnections',
      data: oneConnection,
      handle: async (turn, data) =>
        changed(turn, await rotation.test(await asked(turn, data.connection)), 'Testing the new credential.'),
    }),
    verb({
      verb: 'connection.rotateDiscard',
      permission: 'manageConnections',
      data: oneConnection,
      handle: async (turn, data) => {
        const before = await here(turn, data.connection);
        const switched = before?.change?.state === 'switched';
        if (before !== null && before.change?.before != null && switched) {
          const removed = await services.registration
            .isRemoved(before, before.change.before, turn.signal)
            .catch(() => null);
          if (removed === false)
            return connectionReply(services, before, turn.now, {
              hint: 'Entra still lists the old credential. Remove it there under Certificates & secrets, then press It is removed again.',
            });
        }
        const found = await rotation.discard(await asked(turn, data.connection));
        return changed(
          turn,
          found,
          switched
            ? 'Noted: the old credential is removed in Entra.'
            : 'The new credential is discarded, the old one stays in use.',
        );
      },
    }),
  ];
}

/** For connections that have no credential of their own which could be another one. */
function refusal({ name, credential, mode }: StoredConnection): Reply | null {
  if (mode === 'managed')
    return { kind: 'text', text: `${name} uses an app of this bot’s operator, who looks after its credential.` };
  return credential.source === 'machine'
    ? {
        kind: 'text',
        text: `${name} is a managed identity and has no other credential. Make a new connection to sign in as an app.`,
      }
    : null;
}

async function uploadLink({ uploads }: ConnectionServices, turn: Turn, connection: StoredConnection): Promise<Reply> {
  return {
    kind: 'personalCard',
    card: uploadLinkCard(connection, await uploads.issue(connection, turn.actor)),
    summary: `Upload a certificate for ${connection.name}`,
    until: { subject: 'connection', subjectId: connection.id },
  };
}

/** A credential of this service may only be used for tenants that are the person's; a managed identity is another app. */
function checked(
  { own }: ConnectionServices,
  { tenantId, credential }: StoredConnection,
  read: ReadCredential,
  who: Chooser,
): ReadCredential {
  if (!read.ok) return read;
  const { choice } = read.credential;
  const fault =
    choice === 'managedIdentity' || credential.source === 'machine'
      ? 'A managed identity is an app of its own. Make a new connection for it.'
      : own.tenantFault(choice, who, tenantId);
  return fault === null ? read : { ok: false, faults: { credential: fault } };
}

async function setupReply(
  { clouds, publicUrl, setupOf }: ConnectionServices,
  connection: StoredConnection,
  credential: Credential,
  done: { title: string; verb: string },
): Promise<Reply> {
  const cloud = clouds.find(({ id }) => id === connection.cloud);
  if (cloud === undefined) throw new ProblemError('cloudUnknown');
  const { tenantId, clientId } = connection;
  const setup = await setupOf(credential, cloud);
  return {
    kind: 'personalCard',
    card: credentialSetupCard({
      connection,
      setup,
      portal: portalLink('certificatesAndSecrets', cloud, { tenantId, clientId }),
      certificateUrl:
        setup.kind === 'certificate'
          ? `${publicUrl}/certificates/${connection.id}/${setup.certificate.sha256}.cer`
          : null,
      done,
    }),
    summary: `Set up ${connection.name} in Entra`,
  };
}

function rotationForm(
  { clouds, own }: ConnectionServices,
  turn: Turn,
  connection: StoredConnection,
  choice: CredentialChoice,
  more: Pick<RotationFormCard, 'values' | 'faults'> = {},
): Reply {
  const cloud = clouds.find(({ id }) => id === connection.cloud);
  const { tenantId, clientId } = connection;
  return {
    kind: 'personalCard',
    card: rotationFormCard({
      connection,
      choice,
      own: ownFor(own, choice, chooser(turn)),
      present: credentialName(connection.credential),
      secretsUrl: cloud === undefined ? null : portalLink('certificatesAndSecrets', cloud, { tenantId, clientId }).url,
      ...more,
    }),
    summary: `New credential for ${connection.name}`,
  };
}

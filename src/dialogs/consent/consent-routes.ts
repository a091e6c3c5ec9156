import { z } from 'zod';
import type { SeenRequest } from '../../consent/consent-requests.ts';
import { isOpen } from '../../consent/consent-states.ts';
import { rolesFor } from '../access/role-words.ts';
import { command, type Reply, type Route, type Turn, type VerbRoute, verb } from '../route.ts';
import { askRoutes } from './ask-routes.ts';
import { denyForm, questionForm } from './consent-forms.ts';
import { consentListCard } from './consent-list-card.ts';
import { type ConsentServices, consentReply, portalOf } from './consent-services.ts';
import { type Found, pressOnRequest, viewFor } from './consent-view.ts';
import { requesterLeftCard, reviewCard, stoppedCard } from './review-cards.ts';
import { someoneElseRoutes } from './someone-else-routes.ts';

const unknown = 'This consent request is not known here. Type consent to see those that are open.';
const changedMeanwhile = 'This changed while you looked at it. Here is how it stands now.';

export function consentRoutes(services: ConsentServices): Route[] {
  const { requests } = services;

  const seen = async (turn: Turn, id: string): Promise<Found> => {
    const found = await requests.see(turn.actor, await turn.workspace(), id);
    if (found === null) return { said: unknown };
    if (turn.trigger === 'manual') await requests.lookAfter(found);
    return found;
  };

  /** For whoever may look at the place: most of a request is no secret there. */
  const looking = (name: string, handle: (turn: Turn, found: SeenRequest) => Promise<Reply>): VerbRoute =>
    verb({
      verb: name,
      permission: 'look',
      data: pressOnRequest,
      async handle(turn, data) {
        const found = await seen(turn, data.request);
        return 'said' in found ? { kind: 'text', text: found.said } : handle(turn, found);
      },
    });

  /** For those who decide. The route's permission keeps guests out; this looks at the request's own workspace. */
  const deciding = (
    name: string,
    handle: (turn: Turn, found: SeenRequest, data: Record<string, unknown>) => Promise<Reply>,
  ): VerbRoute =>
    verb({
      verb: name,
      permission: 'approve',
      data: z.looseObject(pressOnRequest.shape),
      async handle(turn, data) {
        const found = await seen(turn, data.request);
        if ('said' in found) return { kind: 'text', text: found.said };
        if (found.may === 'ownRequest')
          return { kind: 'text', text: 'You asked for this, so somebody else decides. Someone else has more ways.' };
        if (found.may === 'notApprover')
          return {
            kind: 'text',
            text: `You may look at this request; deciding needs ${rolesFor('approve')}, in the place where it was asked.`,
          };
        if (!isOpen(found.request.state)) return viewFor(services, turn, found);
        if (data.revision !== undefined && data.revision !== found.request.revision)
          return viewFor(services, turn, found, changedMeanwhile);
        return handle(turn, found, data);
      },
    });

  const review = async (turn: Turn, found: SeenRequest, data: Record<string, unknown>): Promise<Reply> => {
    const { request } = found;
    if (data.knowing !== true) {
      const member = await services.people.memberOf(request.place, request.requester.teamsId);
      if (member === null) return personal(requesterLeftCard(request), 'The person who asked has left');
    }
    const result = await requests.review(found, turn.actor);
    if (result.kind === 'newList')
      return viewFor(
        services,
        turn,
        result.seen,
        'The list of permissions has changed since this was asked. Look at it again first.',
      );
    if (result.kind === 'notNow') return viewFor(services, turn, result.seen);
    const portal = portalOf(services.clouds, request);
    const isOwnApp = found.connection?.mode !== 'managed';
    const redirectUri = isOwnApp ? `${services.publicUrl}/consent/callback` : null;
    const { url, code } = result;
    return personal(reviewCard({ request, url, code, redirectUri, portal }), 'Your link to Microsoft');
  };

  const deny = async (turn: Turn, found: SeenRequest, data: Record<string, unknown>): Promise<Reply> => {
    const reason = typeof data.reason === 'string' ? data.reason.trim().slice(0, 500) : '';
    if (reason === '') return personal(denyForm(found.request, 'Say why: it helps the person who asked.'), 'Deny');
    const denied = await requests.deny(found, turn.actor, reason);
    const said =
      denied.request.state === 'denied'
        ? undefined
        : 'Microsoft has recorded a grant already, so it cannot be denied here. It is taken back under Enterprise apps.';
    return viewFor(services, turn, denied, said);
  };

  const question = async (turn: Turn, found: SeenRequest, data: Record<string, unknown>): Promise<Reply> => {
    const asked = typeof data.question === 'string' ? data.question.trim().slice(0, 500) : '';
    if (asked === '') return personal(questionForm(found.request, 'Write what you want to know.'), 'Ask');
    await requests.question(found, turn.actor, asked);
    return viewFor(services, turn, found, `Your question went to ${found.request.requester.name}.`);
  };

  return [
    command({
      command: 'consent',
      usage: 'consent [connection]',
      summary: 'Consent requests: what is open and who has it; or that of one connection',
      permission: 'look',
      about: 'connection',
      input: z.string().trim().max(60),
      async handle(turn, name) {
        const workspace = await turn.workspace();
        if (name === '')
          return {
            kind: 'card',
            card: consentListCard(
              // In their own chat people see what they have a part in, wherever it was asked.
              await (workspace.kind === 'personal'
                ? requests.openFor(turn.actor, workspace)
                : requests.openIn(workspace.id)),
              turn.now,
            ),
            summary: 'Consent requests',
          };
        const connection = await services.connections.find(workspace.id, name);
        if (connection === null)
          return {
            kind: 'text',
            text: `There is no connection named ${name} here. Type connections to see those that are.`,
          };
        const newest = await requests.ofConnection(connection.id);
        const found = newest === null ? null : await requests.see(turn.actor, workspace, newest.id);
        if (found !== null && (isOpen(found.request.state) || connection.status === 'connected'))
          return consentReply(services.clouds, { request: found.request, eyes: 'everybody', now: turn.now });
        if (connection.status === 'connected')
          return { kind: 'text', text: `${connection.name} is connected, so there is nothing to ask for.` };
        return {
          kind: 'text',
          text: `Nobody has been asked for ${connection.name}. Type connection ${connection.name} and press Request consent.`,
        };
      },
    }),
    ...askRoutes(services),
    looking('consent.view', async (turn, found) => viewFor(services, turn, found)),
    looking('consent.check', async (turn, found) => {
      await requests.check(found);
      const said = isOpen(found.request.state)
        ? 'I am asking Microsoft for a fresh token. If it holds the grant, this card changes by itself in some seconds.'
        : undefined;
      return viewFor(services, turn, found, said);
    }),
    looking('consent.stopped', async (_turn, { request }) =>
      personal(stoppedCard(request, portalOf(services.clouds, request)), 'Stopped at Microsoft'),
    ),
    deciding('consent.review', review),
    asking(deciding('consent.denyForm', async (_turn, { request }) => personal(denyForm(request), 'Deny'))),
    deciding('consent.deny', deny),
    asking(deciding('consent.questionForm', async (_turn, { request }) => personal(questionForm(request), 'Ask'))),
    deciding('consent.question', question),
    ...someoneElseRoutes(services, seen),
    looking('consent.withdraw', async (turn, found) => {
      if (!found.isRequester)
        return { kind: 'text', text: `Only ${found.request.requester.name}, who asked, can withdraw this.` };
      const done = await requests.withdraw(found, turn.actor);
      const said = isOpen(done.request.state)
        ? 'Microsoft has recorded a grant already, so it cannot be withdrawn any more.'
        : undefined;
      return viewFor(services, turn, done, said);
    }),
  ];
}

/** Opens a form and changes nothing. */
const asking = (route: VerbRoute): VerbRoute => ({ ...route, asks: true });

const personal = (card: Extract<Reply, { kind: 'personalCard' }>['card'], summary: string): Reply => ({
  kind: 'personalCard',
  card,
  summary,
});

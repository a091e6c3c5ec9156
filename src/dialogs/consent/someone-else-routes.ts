import { z } from 'zod';
import type { SeenRequest } from '../../consent/consent-requests.ts';
import { type Reply, type Route, type Turn, type VerbRoute, verb } from '../route.ts';
import { reachable } from './ask-routes.ts';
import { outsidePageCard, someoneElseCard } from './consent-forms.ts';
import { type ConsentServices, consentReply } from './consent-services.ts';
import type { Found } from './consent-view.ts';

const press = z.looseObject({ request: z.uuid(), person: z.string().nullish() });

/** Another approver, or an administrator outside Teams. For those who asked and those who decide. */
export function someoneElseRoutes(
  services: ConsentServices,
  seen: (turn: Turn, id: string) => Promise<Found>,
): Route[] {
  const { requests } = services;

  const passing = (
    name: string,
    handle: (turn: Turn, found: SeenRequest, person: string) => Promise<Reply>,
  ): VerbRoute =>
    verb({
      verb: name,
      permission: 'look',
      data: press,
      async handle(turn, data) {
        const found = await seen(turn, data.request);
        if ('said' in found) return { kind: 'text', text: found.said };
        if (!found.isRequester && found.may !== 'yes')
          return { kind: 'text', text: 'Only the person who asked and those who may decide can pass this on.' };
        return handle(turn, found, data.person ?? '');
      },
    });

  const others = async ({ request, workspace }: SeenRequest) => {
    const { people } = await requests.approversFor(workspace, request.requester);
    return people.filter(({ objectId }) => !request.approvers.some((asked) => asked.objectId === objectId));
  };

  const card = async (found: SeenRequest, fault?: string): Promise<Reply> => ({
    kind: 'personalCard',
    card: someoneElseCard({
      request: found.request,
      others: await others(found),
      installUrl: services.installUrl,
      ...(fault === undefined ? {} : { fault }),
    }),
    summary: 'Someone else decides',
  });

  return [
    passing('consent.someoneElse', (_turn, found) => card(found)),
    passing('consent.handTo', async (turn, found, person) => {
      const chosen = (await others(found)).find(({ objectId }) => objectId === person);
      if (chosen === undefined)
        return card(found, person === '' ? 'Choose somebody.' : 'That person cannot be asked any more.');
      const [asked] = await reachable(services, found.workspace, found.request.place, [chosen]);
      if (asked === undefined) return card(found);
      const { request } = await requests.alsoAsk(found, asked);
      const said =
        asked.chat === null
          ? `${asked.name} has no chat with me yet, but sees the request here.`
          : `${asked.name} has it now too.`;
      const eyes = found.may === 'yes' ? 'approver' : 'requester';
      const { card: shown, summary } = consentReply(services.clouds, { request, eyes, now: turn.now, said });
      return { kind: 'personalCard', card: shown, summary };
    }),
    passing('consent.page', async (turn, found) => {
      const page = await requests.outsidePage(found);
      const { request } = found;
      if (page !== null)
        return { kind: 'personalCard', card: outsidePageCard(request, page), summary: 'A page for an administrator' };
      const { card: shown, summary } = consentReply(services.clouds, { request, eyes: 'requester', now: turn.now });
      return { kind: 'personalCard', card: shown, summary };
    }),
  ];
}

import { z } from 'zod';
import type { ReleasePlaces } from '../../publishing/places.ts';
import type { Release } from '../../publishing/releases.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import { choosePlacesCard, mostPlaces, placesCard } from './place-cards.ts';
import type { PublishServices } from './publish-services.ts';
import { connectionsToPublishWith } from './release-form-reply.ts';

export interface PlaceServices extends Pick<PublishServices, 'connections' | 'releases'> {
  places: Pick<ReleasePlaces, 'groupOf' | 'add' | 'list' | 'start' | 'retry'>;
}

const oneGroup = z.object({ group: z.uuid() });

/** One package, many connections. */
export function placeRoutes(services: PlaceServices): Route[] {
  const { releases, places } = services;

  /** The release, if it is of this workspace and the presser is who asked for it. */
  const own = async (turn: Turn, id: string): Promise<Release | Reply> => {
    const release = await releases.find((await turn.workspace()).id, id);
    if (release === null) return { kind: 'text', text: 'This release is not known here any more.' };
    if (release.requester.objectId !== turn.actor.objectId)
      return { kind: 'text', text: `Only ${release.requester.name}, who asked for this, can send it to more places.` };
    return release;
  };

  const free = async (release: Release) => {
    const { rows } = await places.list(await places.groupOf(release.id));
    const taken = new Set([release.plan?.connectionId, ...rows.map(({ connectionId }) => connectionId)]);
    const usable = await connectionsToPublishWith(services, release.workspaceId);
    return { room: mostPlaces - Math.max(1, rows.length), connections: usable.filter(({ id }) => !taken.has(id)) };
  };

  const choose = async (release: Release, fault?: string): Promise<Reply> => ({
    kind: 'personalCard',
    card: choosePlacesCard({
      release,
      connections: (await free(release)).connections,
      ...(fault === undefined ? {} : { fault }),
    }),
    summary: 'More places',
  });

  return [
    verb({
      verb: 'places.choose',
      permission: 'publish',
      asks: true,
      data: z.object({ release: z.uuid() }),
      handle: async (turn, data) => {
        const release = await own(turn, data.release);
        if ('kind' in release) return release;
        if (release.plan === null)
          return { kind: 'text', text: 'Make a plan for the first place before you add others.' };
        return choose(release);
      },
    }),
    verb({
      verb: 'places.add',
      permission: 'publish',
      asks: true,
      data: z.object({ release: z.uuid(), connections: z.string().max(4_000).default('') }),
      handle: async (turn, data) => {
        const release = await own(turn, data.release);
        if ('kind' in release) return release;
        if (release.plan === null)
          return { kind: 'text', text: 'Make a plan for the first place before you add others.' };
        const { connections, room } = await free(release);
        const chosen = connections.filter(({ id }) => data.connections.split(',').includes(id));
        if (chosen.length === 0) return choose(release, 'Choose at least one connection');
        if (chosen.length > room)
          return choose(release, `A release goes to ${mostPlaces} places at most: choose ${room}`);
        const added = await places.add(release, chosen, turn.signal);
        return placesReply(added);
      },
    }),
    verb({
      verb: 'places.show',
      permission: 'look',
      data: oneGroup,
      handle: async (turn, data) => {
        const release = await releases.find((await turn.workspace()).id, data.group);
        return release === null
          ? { kind: 'text', text: 'This release is not known here any more.' }
          : placesReply(await places.list(release.id));
      },
    }),
    verb({
      verb: 'places.start',
      permission: 'publish',
      data: oneGroup,
      handle: async (turn, data) => {
        const release = await own(turn, data.group);
        return 'kind' in release ? release : placesReply(await places.start(release.id));
      },
    }),
    verb({
      verb: 'places.retry',
      permission: 'publish',
      data: oneGroup.extend({ connection: z.uuid() }),
      handle: async (turn, data) => {
        const release = await own(turn, data.group);
        if ('kind' in release) return release;
        return placesReply(await places.retry(release.id, data.connection, turn.actor.objectId, turn.signal));
      },
    }),
  ];
}

export function placesReply(list: Parameters<typeof placesCard>[0]): Extract<Reply, { kind: 'card' }> {
  return {
    kind: 'card',
    card: placesCard(list),
    summary: `${list.rows.length} places`,
    follow: { subject: 'places', subjectId: list.groupId },
  };
}

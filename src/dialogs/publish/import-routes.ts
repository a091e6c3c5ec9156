import { z } from 'zod';
import type { ImportView } from '../../publishing/link-import.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import { importCard } from './import-cards.ts';
import type { PublishServices } from './publish-services.ts';

const importId = z.object({ import: z.uuid() });
const unknownImport: Reply = { kind: 'text', text: 'This download is not known here any more.' };

/** Packages that are being copied from links. */
export function importRoutes(services: PublishServices): Route[] {
  const { linkImport } = services;
  const found = async (turn: Turn, id: string) => linkImport.view((await turn.workspace()).id, id);
  return [
    verb({
      verb: 'import.show',
      permission: 'look',
      data: importId,
      handle: async (turn, data) => {
        const view = await found(turn, data.import);
        return view === null ? unknownImport : importReply(services, view);
      },
    }),
    verb({
      verb: 'import.cancel',
      permission: 'publish',
      data: importId,
      handle: async (turn, data) => {
        const view = await found(turn, data.import);
        if (view === null) return unknownImport;
        if (view.subject.requester.objectId !== turn.actor.objectId)
          return { kind: 'text', text: `Only ${view.subject.requester.name}, who asked for this, can cancel it.` };
        await linkImport.cancel(view.id);
        return importReply(services, (await found(turn, data.import)) ?? view);
      },
    }),
  ];
}

export function importReply(
  { supportContact }: Pick<PublishServices, 'supportContact'>,
  view: ImportView,
): Extract<Reply, { kind: 'card' }> {
  return {
    kind: 'card',
    card: importCard({ view, supportContact }),
    summary: `Fetching ${view.subject.fileName}`,
    follow: { subject: 'import', subjectId: view.id },
  };
}

import type { Workspace } from '../access/actor.ts';
import type { Card } from '../cards/card.ts';
import { actions as actionSet, card, container, execute, footer, header, text } from '../cards/pieces.ts';

export const inPlaceVerb = 'turn.in';

export interface PlaceChoice {
  workspace: Pick<Workspace, 'id' | 'name' | 'kind'>;
  /** What is found there, for example a connection. */
  about: string | null;
}

const shownPlaces = 8;
const unnamed = { team: 'A team', groupChat: 'A group chat', personal: 'My own chat with you' } as const;

export const placeName = ({ name, kind }: Pick<Workspace, 'name' | 'kind'>) =>
  kind === 'personal' ? unnamed.personal : (name ?? unnamed[kind]);

/** Asks back where a person has a part in several places. */
export function placeChoiceCard(choices: readonly PlaceChoice[], said: { text: string } | { kept: string }): Card {
  return card([
    header({ title: 'Which place is this for?' }),
    text('You have a part in more than one. Choose, and I go on there.', { subtle: true }),
    ...choices
      .slice(0, shownPlaces)
      .map(({ workspace, about }) =>
        container(
          [
            text(placeName(workspace), { bold: true }),
            about === null ? null : text(about, { subtle: true, spacing: 'None' }),
            actionSet([execute('Go on here', inPlaceVerb, { workspace: workspace.id, ...said })]),
          ],
          { separator: true },
        ),
      ),
    choices.length > shownPlaces
      ? footer(`${choices.length - shownPlaces} more are not shown. Type it in the team it is for.`)
      : null,
  ]);
}

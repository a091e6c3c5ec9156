import { longestJustification } from '../../graph/held-changes.ts';

/** What the routes that change apps do, for those who decide. */
export const changeWords: Readonly<Record<string, string>> = {
  'app.save': 'change what people read about the app',
  'app.categories.save': 'change the categories of the app',
  'app.icon.use': 'change the picture of the app',
  'app.assign.confirm': 'change who gets the app',
  'app.unassign.confirm': 'take an assignment of the app away',
  'app.relation.save': 'change what the app supersedes or needs',
  'app.retire.confirm': 'take the app away from everybody and out of Intune',
};

export const wordsOf = (action: string) => changeWords[action] ?? 'change the app';

/** The reason that an administrator reads before approving. Names are cut so that all of it fits. */
export function changeJustification(facts: {
  action: string;
  appName: string;
  requester: string;
  approvers: readonly string[];
  marker: string;
}): string {
  const requester = short(facts.requester, 60);
  const who =
    facts.approvers.length === 0
      ? `Anybody but ${requester} may approve it.`
      : `Asked to approve: ${short(facts.approvers.join(', '), 200)}. Not ${requester}, who asks.`;
  return [
    `${short(facts.appName, 120)}: ${wordsOf(facts.action)}.`,
    `Asked for by ${requester} in Microsoft Teams. ${who}`,
    facts.marker,
  ]
    .join('\n')
    .slice(0, longestJustification);
}

/** By characters as people see them, so that none is cut in half. */
function short(text: string, most: number): string {
  const characters = [...text.replace(/\s+/g, ' ').trim()];
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`;
}

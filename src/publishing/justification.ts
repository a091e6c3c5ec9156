import { longestJustification } from '../graph/held-changes.ts';
import type { HeldChange } from './approvals.ts';

const words: Record<HeldChange, string> = {
  createApp: 'create the app',
  createContentVersion: 'prepare a content version of the app',
  createFile: 'announce the file of the app',
  commit: 'hand over the content of the app',
  activate: 'give the app its new content and properties',
  relate: 'let the app supersede the one that it follows',
  assign: 'assign the app to those whom the plan names',
};

export interface JustificationFacts {
  change: HeldChange;
  displayName: string;
  version: string;
  sha256: string;
  requester: string;
  approvers: readonly string[];
  marker: string;
}

/** Found again in the list of requests when the answer to a filing is lost. */
export const changeMarker = (marker: string, change: HeldChange) => `${marker} ${change}`;

/** The reason that an administrator reads before approving. Names are cut so that all of it fits. */
export function justificationFor(facts: JustificationFacts): string {
  const { change, requester, sha256, marker } = facts;
  const who =
    facts.approvers.length === 0
      ? `Anybody but ${short(requester, 60)} may approve it.`
      : `Asked to approve: ${short(facts.approvers.join(', '), 200)}. Not ${short(requester, 60)}, who asks.`;
  const text = [
    `${short(facts.displayName, 120)} ${short(facts.version, 60)}: ${words[change]}.`,
    `Asked for by ${short(requester, 60)} in Microsoft Teams. ${who}`,
    `SHA-256 of the package: ${sha256}.`,
    changeMarker(marker, change),
  ].join('\n');
  return text.slice(0, longestJustification);
}

/** By characters as people see them, so that none is cut in half. */
function short(text: string, most: number): string {
  const characters = [...text.replace(/\s+/g, ' ').trim()];
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`;
}

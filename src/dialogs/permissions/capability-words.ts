import type { Tone } from '../../cards/pieces.ts';
import type { CapabilityState, LookedCapability } from '../../permissions/lens.ts';

const words: Record<CapabilityState, { text: string; tone: Tone }> = {
  works: { text: '✓ works', tone: 'good' },
  granted: { text: '✓ granted, not probed', tone: 'good' },
  notWorking: { text: '! granted, but refused', tone: 'attention' },
  notInToken: { text: '… granted, not passed on yet', tone: 'default' },
  delegatedOnly: { text: '! for signed-in people only', tone: 'attention' },
  missing: { text: '✗ missing', tone: 'default' },
  unknown: { text: '? not probed', tone: 'default' },
};

const reasons = { notConsented: '✗ added, not consented', notAdded: '✗ not added' } as const;

/** A sign and a few words; colour says nothing that they do not. */
export function stateWords({ state, why, tooWide }: LookedCapability): { text: string; tone: Tone } {
  const found = words[state];
  const text = why === null ? found.text : reasons[why];
  return { text: tooWide ? `${text}, by a wider permission` : text, tone: found.tone };
}

/** What to do about it, for the one capability that somebody asked about. */
export function advice(looked: LookedCapability, kind: 'application' | 'delegated'): string | null {
  const { state, needs, why } = looked;
  const listed = `${needs} is missing.`;
  switch (state) {
    case 'works':
    case 'granted':
      return null;
    case 'notWorking':
      return 'The permission is granted and Microsoft still refused. Press After a refusal to find out why.';
    case 'notInToken':
      return 'It was granted, and no token has it yet. That passes by itself, usually within minutes.';
    case 'delegatedOnly':
      return `${needs} was granted as a delegated permission. This connection works without a signed-in user and needs it as an application permission.`;
    case 'unknown':
      return 'The token could not be read, and looking is not enough to find out.';
    case 'missing':
      if (why === 'notConsented')
        return `${needs} stands in the registration, and nobody has granted admin consent. A Global Administrator or Privileged Role Administrator presses Grant admin consent under API permissions.`;
      return `${listed} Somebody who looks after the app registration adds it under API permissions as ${kind === 'application' ? 'an application' : 'a delegated'} permission; a Global Administrator or Privileged Role Administrator then presses Grant admin consent.`;
  }
}

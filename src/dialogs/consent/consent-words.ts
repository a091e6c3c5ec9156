import type { Tone } from '../../cards/pieces.ts';
import type { ConsentRequest } from '../../consent/consent-request.ts';
import type { ConsentState } from '../../consent/consent-states.ts';

export interface ConsentWords {
  badge: string;
  tone: Tone;
  sentence: string;
  /** What it means and what comes next. */
  more: string[];
}

const notes: Record<string, string> = {
  needsAdmin:
    'Microsoft’s page said that an administrator is needed: that account may not grant this. Only a Global Administrator or Privileged Role Administrator of the tenant can.',
  wrongAccount:
    'Microsoft’s page was opened with an account that does not belong to the tenant. Use a private window and an account of the tenant.',
  policy:
    'A rule of the tenant stopped the sign-in (Conditional Access, tenant restrictions). Use a device and network that the tenant allows.',
  microsoft: 'Microsoft’s page ended with an error, so nothing was granted. Try it again.',
  notArrived:
    'Microsoft said that it was granted, but after 20 minutes no fresh token shows it. Look under API permissions whether each permission has its green tick, and grant once more.',
};

/** Who decided, for the middle of a sentence. */
const by = ({ decidedBy }: ConsentRequest) => decidedBy?.name ?? 'somebody';

const words: Record<ConsentState, (request: ConsentRequest) => ConsentWords> = {
  waiting: ({ note }) => ({
    badge: 'Waiting',
    tone: 'warning',
    sentence: 'Waiting for an administrator of the tenant to agree',
    more: note === null ? [] : [notes[note] ?? ''].filter(Boolean),
  }),
  withMicrosoft: () => ({
    badge: 'Not finished',
    tone: 'warning',
    sentence: 'Not finished: Microsoft’s page was left without a grant',
    more: [
      'Either it was declined there, or a request was sent to the tenant’s own reviewers: Microsoft answers the same for both. If a request was sent, Microsoft mails the reviewers and then whoever sent it. Only they and that e-mail know the answer; I cannot see it.',
      'Check now looks for the grant. If Microsoft’s page shows Approval required again, nobody has approved it yet. A request that is sent twice counts once.',
    ],
  }),
  granting: (request) => ({
    badge: 'Granted',
    tone: 'accent',
    sentence: `Granted by ${by(request)}, waiting for Microsoft to pass it on (usually minutes)`,
    more: ['I ask for a fresh token again and again, for up to 20 minutes. Nobody has to do anything.'],
  }),
  blocked: () => ({
    badge: 'Disabled',
    tone: 'attention',
    sentence: 'The app is disabled in the tenant',
    more: [
      'Its enterprise application is disabled. That also happens when a reviewer chose Block. An administrator opens Enterprise apps, the app, Properties, and sets Enabled for users to sign in to Yes. Then press Check now.',
    ],
  }),
  granted: ({ decidedBy }) => ({
    badge: 'Granted',
    tone: 'good',
    sentence: decidedBy === null ? 'Granted at Microsoft and verified' : `Granted by ${decidedBy.name} and verified`,
    more: [],
  }),
  denied: (request) => ({
    badge: 'Denied',
    tone: 'attention',
    sentence: `Denied by ${by(request)}`,
    more: [
      request.reason === null || request.reason === '' ? 'No reason was given.' : `The reason: ${request.reason}`,
      'What an administrator may have granted at Microsoft is not taken back by this. That is done under Enterprise apps, the app, Permissions.',
    ],
  }),
  withdrawn: (request) => ({
    badge: 'Withdrawn',
    tone: 'default',
    sentence: `Withdrawn by ${by(request)}`,
    more: [],
  }),
  expired: () => ({
    badge: 'Expired',
    tone: 'default',
    sentence: 'Expired: nobody decided in time',
    more: ['Ask again, or ask somebody else.'],
  }),
  overtaken: () => ({
    badge: 'Over',
    tone: 'default',
    sentence: 'Over: the connection was changed meanwhile',
    more: ['It was renamed, disabled, removed, or leads to another tenant or app now. Ask again for what it is now.'],
  }),
};

export const consentWords = (request: ConsentRequest): ConsentWords => words[request.state](request);

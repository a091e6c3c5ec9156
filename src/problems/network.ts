import type { ProblemEntry } from './problem.ts';

export const networkProblems = {
  hostRefused: {
    title: 'That host is not allowed',
    what: 'I only fetch from public hosts and from those the operator of this bot allowed.',
    who: 'operator',
    remedy: 'Use a public address, or ask the operator to allow this host.',
    fix: 'newUpload',
  },
  urlRefused: {
    title: 'That link cannot be used',
    what: 'The link is not one I may open.',
    who: 'you',
    remedy: 'Send a link that starts with https:// and needs no sign-in.',
    fix: 'newUpload',
  },
  networkDown: {
    title: 'No answer from the network',
    what: 'The service could not be reached.',
    who: 'nobody',
    remedy: 'Wait a moment and try again. If it lasts, the operator should look at the network of this bot.',
    retryable: true,
    fix: 'retry',
  },
} as const satisfies Record<string, ProblemEntry>;

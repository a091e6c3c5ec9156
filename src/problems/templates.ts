import type { ProblemEntry } from './problem.ts';

export const templateProblems = {
  templateNotFound: {
    title: 'No such template',
    what: 'This template is not known here any more.',
    who: 'you',
    remedy: 'Type templates to see those that are.',
  },
  templateNameTaken: {
    title: 'The name is taken',
    what: 'Another template of this kind already has this name here.',
    who: 'you',
    remedy: 'Choose another name.',
  },
  templateOtherTenant: {
    title: 'The template belongs to another tenant',
    what: 'Its groups and filters are ids of another tenant, so it cannot be used here.',
    who: 'you',
    remedy: 'Choose a template of this tenant, or make one for it.',
  },
  templateDoesNotFit: {
    title: 'The template does not fit this app',
    what: 'Using it would reach other people than it was made for. Nothing was assigned.',
    who: 'you',
    remedy: 'Change the template, or choose another one.',
  },
  templateGroupGone: {
    title: 'A group of the template is gone',
    what: 'Somebody has deleted a group that the template names. Nothing was assigned.',
    who: 'you',
    remedy: 'Take the group out of the template, then try again.',
  },
  appNotPublishedYet: {
    title: 'The app is not ready yet',
    what: 'Intune takes assignments once it has published the app. It still works on it.',
    who: 'nobody',
    remedy: 'Wait a minute and try again.',
    retryable: true,
    fix: 'retry',
  },
} as const satisfies Record<string, ProblemEntry>;

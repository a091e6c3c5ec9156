import type { ProblemEntry } from './problem.ts';

export const uploadProblems = {
  uploadLinkUnknown: {
    title: 'This link is not valid',
    what: 'No upload belongs to this link.',
    who: 'you',
    remedy: 'Type publish in Teams and use the link from the answer.',
    fix: 'newUpload',
  },
  uploadLinkExpired: {
    title: 'This link has expired',
    what: 'Upload links work for a limited time, and this one is over.',
    who: 'you',
    remedy: 'Type publish in Teams for a new link.',
    fix: 'newUpload',
  },
  uploadLinkTaken: {
    title: 'This link was already opened in another browser',
    what: 'An upload link works only in the browser that opened it first, so that nobody else can use it.',
    who: 'you',
    remedy: 'Go on in that browser, or type publish in Teams for a new link.',
    fix: 'newUpload',
  },
  uploadElsewhere: {
    title: 'That request came from another page',
    what: 'The request was not made by the upload page.',
    who: 'you',
    remedy: 'Open the link from Teams again and press Continue there.',
  },
  uploadReceived: {
    title: 'A package has already been received',
    what: 'Each upload link takes one package, and this one has it.',
    who: 'you',
    remedy: 'Go back to Teams. For another package type publish there.',
    fix: 'newUpload',
  },
  uploadWithdrawn: {
    title: 'This upload was withdrawn',
    what: 'The link was withdrawn in Teams, so it takes no package.',
    who: 'you',
    remedy: 'Type publish in Teams for a new link.',
    fix: 'newUpload',
  },
  uploadTooLarge: {
    title: 'The file is too large',
    what: 'The file is larger than I may take.',
    who: 'operator',
    remedy: 'Send a smaller package, or ask the operator of this bot to raise the limit.',
  },
  uploadUnknown: {
    title: 'This upload is no longer there',
    what: 'An upload that is not finished is kept for one day, or until another one takes its place.',
    who: 'you',
    remedy: 'Choose the file again.',
  },
  uploadUnreadable: {
    title: 'The upload was not understood',
    what: 'The browser sent something that does not belong to this upload.',
    who: 'you',
    remedy: 'Reload the page and choose the file again.',
  },
  uploadStoreFull: {
    title: 'There is no room for the file',
    what: 'The storage of this bot is full.',
    who: 'operator',
    remedy: 'Ask the operator of this bot to make room, then choose the file again.',
    retryable: true,
    fix: 'retry',
  },
  artifactGone: {
    title: 'The package is no longer kept',
    what: 'The bytes of this package have been removed from the storage of this bot.',
    who: 'you',
    remedy: 'Upload the package again.',
    fix: 'newUpload',
  },
  importCancelled: {
    title: 'The download was cancelled',
    what: 'Somebody cancelled it before the file was here. Nothing was published.',
    who: 'you',
    remedy: 'Send the link again if you still want it.',
  },
} as const satisfies Record<string, ProblemEntry>;

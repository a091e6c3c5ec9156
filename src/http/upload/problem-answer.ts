import type { Problem, ProblemCode } from '../../problems/problem.ts';

const statuses: Partial<Record<ProblemCode, number>> = {
  uploadLinkUnknown: 404,
  uploadUnknown: 404,
  uploadLinkExpired: 410,
  uploadReceived: 410,
  uploadWithdrawn: 410,
  uploadLinkTaken: 403,
  uploadElsewhere: 403,
  uploadTooLarge: 413,
  packageEmpty: 400,
  pictureUnknown: 415,
  pictureTooLarge: 413,
  uploadUnreadable: 400,
  uploadStoreFull: 507,
};

export const statusOf = (code: ProblemCode): number => statuses[code] ?? 500;

/** What happened and what to do, for a place that has room for text only. */
export const sentences = ({ what, detail, remedy }: Problem): string =>
  [what, detail, remedy].filter((part) => part !== undefined).join(' ');

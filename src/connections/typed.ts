import { z } from 'zod';

/** A field as a card sends it: text as typed, or nothing at all. */
export const typed = z
  .string()
  .nullish()
  .transform((text) => (text ?? '').trim());

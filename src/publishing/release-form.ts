import { z } from 'zod';
import type { ApkFacts } from '../packages/package-facts.ts';

const shortText = z.string().trim().max(256, 'At most 256 characters');

/** What the requester decides about an app; prefilled from the package. */
export const releaseForm = z.object({
  displayName: shortText.min(1, 'A name is needed'),
  description: z
    .string()
    .trim()
    .min(1, 'Intune shows a description to people; write one sentence')
    .max(10_000, 'At most 10,000 characters'),
  publisher: shortText.min(1, 'A publisher is needed'),
  notes: z.string().trim().max(2_000, 'At most 2,000 characters').default(''),
  minimumOs: z.string(),
  connectionId: z.uuid('Choose a connection'),
});
export type ReleaseForm = z.infer<typeof releaseForm>;

export type ReleaseFormFaults = Partial<Record<keyof ReleaseForm, string>>;

export function readReleaseForm(input: unknown): { form: ReleaseForm } | { faults: ReleaseFormFaults } {
  const read = releaseForm.safeParse(input);
  if (read.success) return { form: read.data };
  const faults: ReleaseFormFaults = {};
  for (const issue of read.error.issues) {
    const field = issue.path[0] as keyof ReleaseForm;
    faults[field] ??= issue.code === 'invalid_type' ? missing(field) : issue.message;
  }
  return { faults };
}

function missing(field: keyof ReleaseForm): string {
  return field === 'connectionId' ? 'Choose a connection' : 'This is needed';
}

export function proposedForm(facts: ApkFacts, minimumOs: string): Omit<ReleaseForm, 'connectionId'> {
  const name = facts.displayName ?? facts.identifier ?? 'App';
  return {
    displayName: name.slice(0, 256),
    description: name,
    publisher: facts.publisher ?? '',
    notes: '',
    minimumOs,
  };
}

import type { PackageFacts } from '../packages/package-facts.ts';
import type { AppTemplate } from '../templates/app-template.ts';
import { applyAppTemplate, packageWords, withTemplate } from '../templates/apply-app-template.ts';
import { shapeFor } from './kinds/app-shapes.ts';
import { type FormValues, proposedValues, readReleaseForm } from './release-form.ts';
import { withoutDetection } from './release-templates.ts';

export interface TemplatePreview {
  graphType: string;
  /** Body of the create. */
  app: Record<string, unknown>;
  /** What somebody has to type for this package before it can be published. */
  missing: string[];
  leftOut: string[];
}

const anyConnection = '00000000-0000-4000-8000-000000000000';

/** What Intune would be told about a package with a template. Nothing is read and nothing is sent. */
export function previewOf(
  template: AppTemplate,
  { facts, fileName, graphType }: { facts: PackageFacts; fileName: string; graphType: string },
): TemplatePreview {
  const usual = shapeFor(facts, fileName, graphType);
  const applied = applyAppTemplate(template, packageWords(facts, fileName), usual);
  const shape = withoutDetection(usual, applied);
  const values: FormValues = { ...proposedValues(facts, usual), ...applied.values, connectionId: anyConnection };
  const settings = Object.fromEntries(shape.fields.map(({ id }) => [id, values[id]?.trim() ?? '']));
  const { displayName = '', description = '', publisher = '', notes = '' } = values;
  const texts = { displayName, description, publisher, notes };
  const read = readReleaseForm(values, shape);
  const labels = new Map(shape.fields.map(({ id, label }) => [id, label]));
  return {
    graphType: shape.graphType,
    app: withTemplate({ ...texts, fileName, ...shape.draft(texts, settings, fileName).properties }, applied.properties),
    missing: 'faults' in read ? Object.keys(read.faults).map((id) => labels.get(id) ?? common[id] ?? id) : [],
    leftOut: applied.leftOut,
  };
}

const common: Readonly<Record<string, string>> = {
  displayName: 'Name',
  description: 'Description',
  publisher: 'Publisher',
  notes: 'Notes',
};

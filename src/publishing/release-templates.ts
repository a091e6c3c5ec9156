import { z } from 'zod';
import type { PackageFacts } from '../packages/package-facts.ts';
import type { AppTemplate } from '../templates/app-template.ts';
import { type AppliedTemplate, applyAppTemplate, packageWords } from '../templates/apply-app-template.ts';
import type { Templates } from '../templates/templates.ts';
import type { AppShape } from './kinds/app-shape.ts';
import { type FormValues, noTemplate } from './release-form.ts';
import type { Release } from './releases.ts';

/** App templates as the form of a release uses them. */
export class ReleaseTemplates {
  readonly #templates: Pick<Templates<AppTemplate>, 'list' | 'find'>;

  constructor(templates: Pick<Templates<AppTemplate>, 'list' | 'find'>) {
    this.#templates = templates;
  }

  async choices(workspaceId: string): Promise<{ id: string; name: string }[]> {
    const all = await this.#templates.list(workspaceId);
    return all.flatMap(({ id, content }) => (content === null ? [] : [{ id, name: content.name }]));
  }

  /** What the chosen template makes of the package; null where none is chosen or it is gone. */
  async applied(release: Release, values: FormValues, shape: AppShape): Promise<ChosenTemplate | null> {
    const { appTemplateId = noTemplate } = values;
    const { facts, origin, workspaceId } = release;
    if (facts === null || appTemplateId === '' || appTemplateId === noTemplate) return null;
    const template = (await this.#templates.find(workspaceId, appTemplateId))?.content ?? null;
    if (template === null) return null;
    const applied = applyAppTemplate(template, packageWords(facts as PackageFacts, origin.fileName), shape);
    // Kept as another type, a package has other fields to be filled.
    const use = `${appTemplateId} ${shape.graphType}`;
    return { ...applied, name: template.name, use, isNew: values.appTemplateUsed !== use };
  }
}

export interface ChosenTemplate extends AppliedTemplate {
  name: string;
  /** Its values have not been put into the form yet. */
  isNew: boolean;
  /** Names the template and the type it was made for. */
  use: string;
}

/** What templates put into the form until now: whatever else stands there, somebody typed. */
const filledBefore = z
  .string()
  .transform((text) => JSON.parse(text) as unknown)
  .pipe(z.record(z.string(), z.string()))
  .catch({});

/** The form filled from a template that was just chosen, but for what somebody typed; `kept` names those fields. */
export function filledFrom(
  values: FormValues,
  chosen: ChosenTemplate,
  proposed: FormValues,
): { values: FormValues; kept: string[] } {
  const before = filledBefore.parse(values.appTemplateFilled);
  const isTyped = (name: string) =>
    ![undefined, '', proposed[name]?.trim(), before[name], chosen.values[name]].includes(values[name]?.trim());
  const kept = Object.keys(chosen.values).filter(isTyped);
  const taken = Object.fromEntries(Object.entries(chosen.values).filter(([name]) => !kept.includes(name)));
  const used = { appTemplateUsed: chosen.use, appTemplateFilled: JSON.stringify({ ...before, ...taken }) };
  return { values: { ...values, ...taken, ...used }, kept };
}

/** Rules of a template that detect the app take the place of the fields that would ask for one. */
export function withoutDetection(shape: AppShape, chosen: AppliedTemplate | null): AppShape {
  const rules = (chosen?.properties.rules ?? []) as { ruleType?: string }[];
  if (!rules.some(({ ruleType }) => ruleType === 'detection')) return shape;
  return { ...shape, fields: shape.fields.filter(({ id }) => !id.startsWith('detect')) };
}

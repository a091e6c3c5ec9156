import type { Card } from '../../cards/card.ts';
import { choiceField } from '../../cards/inputs.ts';
import { actions, card, execute, header, notes, text } from '../../cards/pieces.ts';
import { versionForApp } from '../../graph/graph-version.ts';
import type { GraphAppType, PackageFacts } from '../../packages/package-facts.ts';
import type { TemplatePreview } from '../../publishing/template-preview.ts';
import { requestField } from '../publish/request-card.ts';

export interface PreviewChoice {
  value: string;
  title: string;
  facts: PackageFacts;
  fileName: string;
  graphType: GraphAppType;
  hasIcon: boolean;
}

export interface TemplatePreviewCard {
  template: { id: string; name: string; categories: readonly string[] };
  choices: readonly Pick<PreviewChoice, 'value' | 'title'>[];
  chosen: Pick<PreviewChoice, 'value' | 'graphType'>;
  preview: TemplatePreview;
  /** Whose icon goes along; null without one. */
  icon: string | null;
}

export function templatePreviewCard({ template, choices, chosen, preview, icon }: TemplatePreviewCard): Card {
  const { app, missing, leftOut } = preview;
  const data = { template: template.id };
  return card(
    [
      header({
        title: `What ${template.name} would tell Intune`,
        where: `POST /${versionForApp(chosen.graphType, app)}/deviceAppManagement/mobileApps`,
      }),
      choiceField({
        id: 'package',
        label: 'For this package',
        value: chosen.value,
        choices: choices.map(({ title, value }) => ({ title, value })),
      }),
      actions([execute('Show it', 'appTemplate.preview', data, { takesInputs: true })]),
      requestField({ graphType: chosen.graphType, app, icon }),
      template.categories.length === 0
        ? null
        : text(`Then the categories, one request each: ${template.categories.join(', ')}.`, { small: true }),
      notes([...(missing.length === 0 ? [] : [`The form would still ask for: ${missing.join(', ')}.`]), ...leftOut]),
    ],
    [execute('Back', 'appTemplate.show', data)],
  );
}

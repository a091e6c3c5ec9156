import { z } from 'zod';
import { examplePackages } from '../../publishing/example-packages.ts';
import { appShapes } from '../../publishing/kinds/app-shapes.ts';
import { previewOf } from '../../publishing/template-preview.ts';
import { packageTitle } from '../icons/icon-cards.ts';
import { type Route, type Turn, verb } from '../route.ts';
import type { AppTemplateDrafts } from './app-template-draft.ts';
import { gone, oneTemplate } from './assignment-draft.ts';
import { type PreviewChoice, templatePreviewCard } from './template-preview-card.ts';
import type { TemplateServices } from './template-services.ts';

/** What Intune would be told about a package with a template, without a release. */
export function templatePreviewRoutes({ recent, icons }: TemplateServices, drafts: AppTemplateDrafts): Route[] {
  const offered = async (turn: Turn): Promise<PreviewChoice[]> => {
    const packages = [
      ...(await recent.list((await turn.workspace()).id)).map((each) => ({ ...each, title: packageTitle(each) })),
      ...examplePackages.map(({ id, ...each }) => ({
        ...each,
        releaseId: `example-${id}`,
        title: `Example: ${each.fileName}`,
        hasIcon: false,
      })),
    ];
    return packages.flatMap(({ facts, fileName, hasIcon, releaseId, title }) =>
      appShapes(facts, fileName).map(({ graphType, noun }) => ({
        value: `${releaseId} ${graphType}`,
        title: `${title}, as ${noun}`,
        ...{ facts, fileName, graphType, hasIcon },
      })),
    );
  };

  return [
    verb({
      verb: 'appTemplate.preview',
      permission: 'look',
      data: oneTemplate.extend({ package: z.string().max(100).optional() }),
      handle: async (turn, data) => {
        const template = await drafts.find(turn, data.template);
        const content = template?.content ?? template?.draft ?? null;
        if (template === null || content === null) return gone;
        const choices = await offered(turn);
        const chosen = choices.find(({ value }) => value === data.package) ?? choices[0];
        if (chosen === undefined) return gone;
        const { id: workspaceId } = await turn.workspace();
        const picture = content.icon === null ? null : await icons.find(workspaceId, content.icon.id);
        return {
          kind: 'personalCard',
          card: templatePreviewCard({
            template: { id: template.id, name: content.name, categories: content.categories },
            choices,
            chosen,
            preview: previewOf(content, chosen),
            icon: picture === null ? (chosen.hasIcon ? 'of the package' : null) : 'of the template',
          }),
          summary: 'What Intune would be told',
        };
      },
    }),
  ];
}

import type { Connections } from '../../connections/connections.ts';
import type { Icons } from '../../publishing/icons.ts';
import type { RecentPackages } from '../../publishing/recent-packages.ts';
import type { UploadTickets } from '../../publishing/upload-tickets.ts';
import type { AppTemplate } from '../../templates/app-template.ts';
import type { AssignmentPlanner } from '../../templates/assignment-planner.ts';
import type { AssignmentTemplate } from '../../templates/assignment-template.ts';
import type { Templates } from '../../templates/templates.ts';
import type { TenantLists } from '../../templates/tenant-lists.ts';

/** What the template dialogs talk to. */
export interface TemplateServices {
  connections: Pick<Connections, 'list' | 'find' | 'accessTo'>;
  planner: Pick<AssignmentPlanner, 'choices' | 'plan' | 'apply'>;
  assignments: Pick<
    Templates<AssignmentTemplate>,
    'list' | 'find' | 'begin' | 'edit' | 'saveDraft' | 'save' | 'discardDraft' | 'remove'
  >;
  appTemplates: Pick<
    Templates<AppTemplate>,
    'list' | 'find' | 'begin' | 'edit' | 'saveDraft' | 'save' | 'discardDraft' | 'remove'
  >;
  /** What would notice that a template is gone, as sentences. */
  usesOf(workspaceId: string, templateId: string): Promise<string[]>;
  lists: Pick<TenantLists, 'searchGroups' | 'groupsByIds' | 'filters' | 'categories'>;
  icons: Pick<Icons, 'find' | 'fromPackage'>;
  recent: Pick<RecentPackages, 'list'>;
  tickets: Pick<UploadTickets, 'issue'>;
}

import type { AuditLog } from '../audit/audit.ts';
import type { Connections } from '../connections/connections.ts';
import type { TemplateServices } from '../dialogs/templates/template-services.ts';
import { ReleaseTemplates } from '../publishing/release-templates.ts';
import type { Database } from '../store/database.ts';
import { appTemplate } from '../templates/app-template.ts';
import { AssignmentPlanner } from '../templates/assignment-planner.ts';
import { assignmentTemplate } from '../templates/assignment-template.ts';
import { usesOf } from '../templates/template-uses.ts';
import { Templates } from '../templates/templates.ts';
import { TenantLists } from '../templates/tenant-lists.ts';

export function composeTemplates(
  database: Database,
  connections: Connections,
  audit: AuditLog,
  uploads: Pick<TemplateServices, 'icons' | 'recent' | 'tickets'>,
): TemplateServices & { planner: AssignmentPlanner; forReleases: ReleaseTemplates } {
  const assignments = new Templates({ database, audit, kind: 'assignment', schema: assignmentTemplate });
  const appTemplates = new Templates({ database, audit, kind: 'app', schema: appTemplate });
  return {
    ...uploads,
    connections,
    appTemplates,
    forReleases: new ReleaseTemplates(appTemplates),
    assignments,
    planner: new AssignmentPlanner({ templates: assignments, connections }),
    lists: new TenantLists(connections),
    usesOf: (workspaceId, templateId) => usesOf(database.db, workspaceId, templateId),
  };
}

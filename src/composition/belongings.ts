import type { Workspace } from '../access/actor.ts';
import type { Belongings } from '../bot/scope.ts';
import type { Connections } from '../connections/connections.ts';
import type { PublishJobs } from '../publishing/publish-jobs.ts';
import type { Releases } from '../publishing/releases.ts';

export interface BelongingsNeeds {
  connections: Pick<Connections, 'list' | 'find'>;
  /** Asked for late: publishing is made with the bot, which asks for this. */
  publishing: () => { jobs: Pick<PublishJobs, 'find' | 'view'>; releases: Pick<Releases, 'find'> } | undefined;
}

/** Looks through the workspaces of one person for what they named. */
export function composeBelongings({ connections, publishing }: BelongingsNeeds): Belongings {
  const first = async (workspaces: readonly Workspace[], has: (workspace: Workspace) => Promise<boolean>) => {
    const found = await Promise.all(workspaces.map(has));
    return workspaces.find((_, index) => found[index]) ?? null;
  };
  return {
    async connectionNamed(workspaces, words) {
      const said = `${words.trim().replace(/\s+/g, ' ').toLowerCase()} `;
      const found = await Promise.all(
        workspaces.map(async (workspace) =>
          (await connections.list(workspace.id))
            .filter(({ nameKey }) => said.startsWith(`${nameKey} `))
            .map(({ name, nameKey }) => ({ workspace, name, nameKey })),
        ),
      );
      // "Contoso production" is meant rather than "Contoso", where both are there.
      const all = found.flat();
      const longest = Math.max(0, ...all.map(({ nameKey }) => nameKey.length));
      return all
        .filter(({ nameKey }) => nameKey.length === longest)
        .map(({ workspace, name }) => ({ workspace, name }));
    },
    jobNumbered: (workspaces, words) =>
      first(
        workspaces,
        async ({ id }) => ((await publishing()?.jobs.find(id, words.replace(/^#/, ''))) ?? null) !== null,
      ),
    async holderOf(workspaces, { kind, id }) {
      const parts = publishing();
      switch (kind) {
        case 'connection': {
          const found = await Promise.all(workspaces.map((workspace) => connections.find(workspace.id, id)));
          const owner = workspaces.find((workspace, index) => found[index]?.workspaceId === workspace.id);
          return owner ?? workspaces.find((_, index) => found[index] != null) ?? null;
        }
        case 'job': {
          const job = await parts?.jobs.view(id);
          return workspaces.find((workspace) => workspace.id === job?.workspaceId) ?? null;
        }
        case 'release':
          return first(
            workspaces,
            async (workspace) => ((await parts?.releases.find(workspace.id, id)) ?? null) !== null,
          );
        default:
          return null;
      }
    },
    async isLent({ id }, connectionId) {
      return (await connections.find(id, connectionId))?.lent !== undefined;
    },
    async hasConnections({ id }) {
      return (await connections.list(id)).length > 0;
    },
  };
}

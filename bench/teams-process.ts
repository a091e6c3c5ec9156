import { serveWorker } from './child-process.ts';
import { type LoadResult, type PacePlan, type SaturationPlan, TeamsLoad } from './teams-load.ts';
import { openTeamsSink } from './teams-sink.ts';

/** Microsoft's side of the bench in one process: people who type, and the sink that the answers reach. */
export type TeamsRequest = { do: 'open' } | ({ do: 'saturate' } & SaturationPlan) | ({ do: 'pace' } & PacePlan);
export type TeamsAnswer = { port: number } | LoadResult;

const sink = await openTeamsSink({
  onMessage: (conversationId, body) => load.arrived(conversationId, body),
  onStranger: (what) => load.strange(what),
});
const load = new TeamsLoad(sink);

serveWorker<TeamsRequest, TeamsAnswer>(async (request) => {
  switch (request.do) {
    case 'open':
      return { port: sink.port };
    case 'saturate':
      return load.saturate(request);
    case 'pace':
      return load.pace(request);
  }
});

import { conversationProblems } from './conversation.ts';
import { entraProblems } from './entra.ts';
import { graphProblems } from './graph.ts';
import { networkProblems } from './network.ts';
import { packageProblems } from './packages.ts';
import { publishingProblems } from './publishing.ts';

/** Every problem the product can explain. A section belongs to the part that raises it. */
export const catalogue = {
  ...conversationProblems,
  ...entraProblems,
  ...graphProblems,
  ...networkProblems,
  ...packageProblems,
  ...publishingProblems,
};

import { attach } from '../duck/attach.js';
import type { Database } from '../duck/database.js';
import type { PlanNode } from '../plan/node.js';
import { inputsOf } from '../plan/walk.js';
import { checkUnchanged } from './files.js';
import { isRemote, openRemote } from './remote.js';

/** What a plan's sources need before a statement over them runs: files as they were, other databases at hand. */
export async function prepareSources(plan: PlanNode, database: Database): Promise<void> {
  if (plan.kind === 'scan') {
    if (plan.source.from === 'files') {
      await checkUnchanged(plan.source.files);
      const remote = plan.source.files.find(({ path }) => isRemote(path));
      if (remote) await openRemote(database, remote.path, `reading ${remote.path}`);
    }
    if (plan.source.from === 'database') await attach(database, plan.source);
  }
  for (const input of inputsOf(plan)) await prepareSources(input, database);
}

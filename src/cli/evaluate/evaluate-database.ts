/** Evaluates on the log in a database that no service has to run for. */
import { evaluateWindow, type EvaluationQuestion, type WindowEvaluation } from '../../runtime/evaluate.js';
import { defaultTenant } from '../../runtime/default-tenant.js';
import { answering } from '../answering.js';
import { openFree } from '../open-database.js';
import { routerNamed } from '../router-named.js';
import { defaultUrl } from '../server-option.js';

export async function evaluateDatabase(
  where: { readonly databaseUrl?: string; readonly dataDir?: string },
  router: string,
  question: EvaluationQuestion,
): Promise<WindowEvaluation> {
  const store = await openFree(where, askIt(where.dataDir ?? 'the folder'));
  try {
    const find = () => routerNamed(store, defaultTenant, router);
    const record = await answering(where.databaseUrl, find, 'the address');
    return await evaluateWindow(store, record, question, Date.now());
  } finally {
    await store.close();
  }
}

const askIt = (folder: string) => `ask it: the same command with ${defaultUrl(process.env)} in place of ${folder}`;

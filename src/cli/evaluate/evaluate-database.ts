/** Evaluates on the log in a database that no service has to run for. */
import { evaluateWindow, type EvaluationQuestion, type WindowEvaluation } from '../../runtime/evaluate.js';
import { defaultTenant } from '../../runtime/default-tenant.js';
import { readRouter } from '../../store/read-router.js';
import { openFree } from '../open-database.js';

export async function evaluateDatabase(
  where: { readonly databaseUrl: string } | { readonly dataDir: string },
  router: string,
  question: EvaluationQuestion,
): Promise<WindowEvaluation> {
  const store = await openFree(where, `ask it: tradewind evaluate http://127.0.0.1:8080 --router ${router}`);
  try {
    const record = await readRouter(store, { tenant: defaultTenant, router });
    return await evaluateWindow(store, record, question, Date.now());
  } finally {
    await store.close();
  }
}

/** Whether a log holds the context that is to be learned from; what is not there would be left out without a word. */
import { openLog, type FileLog } from '../../../sim/off-policy/log/open-log.js';
import { UsageError } from '../failures.js';

/**
 * @param context fields that `--context` names
 * @returns what whoever reads the result should know
 * @throws UsageError for a field that no round has
 */
export async function contextOfLog(log: FileLog, context: readonly string[] = []): Promise<string[]> {
  const encoded = await isExport(log.name);
  const missing = context.find((field) => !log.survey.context.has(field));
  if (missing !== undefined)
    throw new UsageError(
      encoded
        ? `expected no --context for the export ${log.name}, got "${missing}": it holds the context encoded; ${withState}`
        : `expected --context of fields that the rounds of ${log.name} have, but none has "${missing}"`,
    );
  if (!encoded) return [];
  return [
    `the context of an export is encoded and was left out: policies that learn had one mean per arm; ${withState}`,
  ];
}

const withState =
  'give --state the file that "tradewind export --states" wrote beside the first day, and the router that made the log is played with its own features';

/** Rounds of an export say which features encoded them; logs of others have no reason to. */
async function isExport(path: string): Promise<boolean> {
  const { survey } = await openLog(path, { limit: 1, context: ['schema', 'features'] });
  return survey.context.has('schema') && survey.context.has('features');
}

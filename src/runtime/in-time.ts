/**
 * Resolves or rejects as the work does, unless that takes longer. The work goes on then; nobody hears of it any more.
 * @param late what is thrown in place of waiting on
 */
export async function inTime<T>(patienceMs: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), patienceMs);
  });
  return Promise.race([work, patience]).finally(() => clearTimeout(timer));
}

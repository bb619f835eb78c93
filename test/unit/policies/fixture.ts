/** Known answers that lie beside the repository; specs that need them are skipped where they are absent. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const pathOf = (name: string) => fileURLToPath(new URL(`../../../../shared/fixtures/${name}`, import.meta.url));

export const hasFixture = (name: string): boolean => existsSync(pathOf(name));

export function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(pathOf(name), 'utf8'));
}

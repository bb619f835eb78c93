/**
 * Compiles the AssemblyScript kernel and writes it as a module of bytes, because `policies/` reads no files.
 * Run by `npm run build`; nothing else is needed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, 'binary.ts');

/** No runtime, no static data, memory from outside: the module is nothing but its loops. */
const options = ['--optimizeLevel', '3', '--noAssert', '--runtime', 'stub', '--importMemory', '--enable', 'simd'];

async function compile() {
  let binary;
  const { error, stderr } = await asc.main(
    ['assembly/kernel.ts', '--baseDir', here, '--outFile', 'kernel.wasm', ...options],
    { writeFile: (_name, contents) => void (binary = contents) },
  );
  if (error) throw new Error(`the scoring kernel does not compile: ${error.message}\n${stderr.toString()}`);
  return binary;
}

function render(binary) {
  return `/** Written by build.js from assembly/kernel.ts. Not to be edited. */
export const binary: Uint8Array<ArrayBuffer> = Uint8Array.from([${Array.from(binary).join(',')}]);
`;
}

function current() {
  try {
    return readFileSync(target, 'utf8');
  } catch {
    return '';
  }
}

const text = render(await compile());
// An unchanged file keeps its time stamp, so that tsc -b has nothing to do.
if (text !== current()) writeFileSync(target, text);

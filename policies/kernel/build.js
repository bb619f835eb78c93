/**
 * Compiles the AssemblyScript kernel and writes it as a module of bytes, because `policies/` reads no files.
 * Run by `npm run build`; nothing else is needed.
 */
import { writeFileSync } from 'node:fs';

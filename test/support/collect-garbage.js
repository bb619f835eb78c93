/** Loaded before a program: SIGUSR2 makes it collect its garbage, so that what it holds can be told from what it let go. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => collect());

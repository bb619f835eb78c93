// @ts-check
/**
 * Holds a Postgres server for as long as somebody holds its standard input. When that closes, however its owner ended,
 * the server is stopped and its folder removed: no test run, interrupted or killed, leaves one behind.
 *
 * Arguments, as one JSON text: {binaries, folder, port, owner, settings}. Commands, one a line: "start", "stop fast",
 * "stop immediate". Answers, one a line: "started", "stopped" or "failed …".
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {{ binaries: string, folder: string, port: number, owner: { uid: number, gid: number } | undefined,
 *   settings: Record<string, string> }} Instructions
 */
/** @type {Instructions} */
const { binaries, folder, port, owner, settings } = JSON.parse(process.argv[2] ?? '{}');
const signals = /** @type {const} */ ({ smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' });

/** @type {import('node:child_process').ChildProcess | undefined} */
let server;
let log = '';

// A key press that interrupts the test run reaches this process too; it leaves only after the server did.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

/** @param {string} text */
const say = (text) => process.stdout.write(`${text}\n`);

const accepts = () =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket.destroy() && true));
    socket.once('error', () => resolve(false));
  });

async function start() {
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(binaries, 'bin', 'postgres'), ['-D', folder, '-p', String(port), ...flags], {
    ...owner,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  server = child;
  child.stderr.on('data', (/** @type {Buffer} */ chunk) => (log = (log + String(chunk)).slice(-4000)));
  while (!log.includes('ready to accept connections') || !(await accepts())) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(log);
    await sleep(20);
  }
  say('started');
}

/** @param {keyof typeof signals} mode */
async function stop(mode) {
  const child = server;
  server = undefined;
  if (child && child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signals[mode]);
    await gone;
  }
  log = '';
}

/** @param {string} line */
async function obey(line) {
  const [command, mode = 'fast'] = line.split(' ');
  if (command === 'start') return start();
  await stop(/** @type {keyof typeof signals} */ (mode));
  say('stopped');
}

/** @type {Promise<unknown>} */
let last = Promise.resolve();
const commands = createInterface({ input: process.stdin });
commands.on(
  'line',
  (line) => (last = last.then(() => obey(line)).catch((error) => say(`failed ${JSON.stringify(String(error))}`))),
);
commands.on('close', async () => {
  await last;
  await stop('immediate');
  rmSync(folder, { recursive: true, force: true });
  rmSync(binaries, { recursive: true, force: true });
  process.exit(0);
});

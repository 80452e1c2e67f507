import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { SetupError } from './SetupError.mjs';

/**
 * Runs a program of the set-up and shows that it is running: a line when it begins, the
 * elapsed time while it runs where the output is a terminal, a line when it ends.
 *
 * @param {string} title what is being done, as shown to the user
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<void>} rejects with SetupError carrying the end of the output
 */
export async function runStep(title, command, args, options) {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  process.stderr.write(`  … ${title}\n`);
  const output = [];
  const child = spawn(command, args, {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let current = '';
  const keep = chunk => {
    output.push(chunk);
    const line = String(chunk).trim().split('\n').pop();
    current = stripVTControlCharacters(line).slice(0, 70);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ticker = process.stderr.isTTY
    ? setInterval(() => {
        process.stderr.write(`\r\u001b[K    ${seconds()}  ${current}`);
      }, 500)
    : undefined;
  try {
    await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', code =>
        code === 0
          ? resolve()
          : reject(
              new SetupError(
                `${title} failed (exit code ${code}). The end of its output:\n${Buffer.concat(
                  output,
                )
                  .toString()
                  .trimEnd()
                  .split('\n')
                  .slice(-25)
                  .join('\n')}`,
              ),
            ),
      );
    });
  } finally {
    clearInterval(ticker);
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  }
  process.stderr.write(`  ✓ ${title} (${seconds()})\n`);
}

import { createServer } from 'node:http';
import { once } from 'node:events';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeHostilePlugin } from '../testing/hostilePlugin';
import { useTemporaryDirectory } from '../testing/temporaryDirectory';
import { buildRelease, type BuildReleaseOptions } from './buildRelease';

const run = promisify(execFile);
const MIB = 1024 * 1024;

jest.setTimeout(240_000);

describe('a hostile plugin', () => {
  const temporaryDirectory = useTemporaryDirectory();

  async function build(
    test: string,
    options: Partial<BuildReleaseOptions> = {},
  ) {
    const directory = await temporaryDirectory();
    const source = join(directory, 'source');
    const workDirectory = join(directory, 'work');
    await mkdir(workDirectory);
    await writeHostilePlugin(source, test);
    const log: string[] = [];
    const report = await buildRelease({
      source,
      out: join(directory, 'out'),
      envoys: ['1.40.0'],
      modules: { proxy: 'off', sumdb: 'off' },
      workDirectory,
      onLog: ({ step, line }) => {
        if (step === 'test') {
          log.push(line);
        }
      },
      ...options,
    });
    const step = report.steps.find(({ name }) => name === 'test');
    expect(await readdir(workDirectory)).toEqual([]);
    return { report, step, log, directory };
  }

  /** Processes of the machine whose command line holds a text. */
  async function processesWith(text: string): Promise<string[]> {
    const { stdout } = await run('ps', ['-eo', 'args']);
    return stdout.split('\n').filter(line => line.includes(text));
  }

  it('sees no environment, no other build, no credential, no network', async () => {
    const directory = await temporaryDirectory();
    const secret = join(directory, 'registry-credentials');
    await writeFile(secret, 's3cr3t', { mode: 0o644 });
    const server = createServer((_, response) => response.end('reached'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      const { log, step } = await build(
        `	fmt.Println("ENV", strings.Join(os.Environ(), " "))
	for _, path := range []string{${JSON.stringify(secret)}, ${JSON.stringify(
          directory,
        )}, "/root", "/home", "/var", "/run", "/etc/shadow", "/etc/resolv.conf", "/proc/1/root/etc/shadow", "/proc/1/environ", "/sys"} {
		_, err := os.Stat(path)
		if entries, readError := os.ReadDir(path); err == nil && readError == nil {
			fmt.Println("SAW", path, len(entries))
		}
		if content, err := os.ReadFile(path); err == nil {
			fmt.Println("READ", path, len(content))
		}
	}
	for _, path := range []string{"/x", "/usr/x", "/modules/x", "/source/x", "/standard-cache/x", "/etc/x"} {
		if os.WriteFile(path, []byte("x"), 0o644) == nil {
			fmt.Println("WROTE", path)
		}
	}
	for _, address := range []string{"127.0.0.1:${port}", "1.1.1.1:53", "169.254.169.254:80", "[::1]:${port}"} {
		if c, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			fmt.Println("REACHED", address, c.RemoteAddr())
		}
	}
	for pid := 2; pid < 100000; pid++ {
		if pid != os.Getpid() && pid != os.Getppid() && syscall.Kill(pid, 0) == nil {
			if line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); !strings.Contains(string(line), "go") && len(line) > 0 {
				fmt.Println("PROCESS", pid, strings.ReplaceAll(string(line), "\\x00", " "))
			}
		}
	}
	fmt.Println("KILL", syscall.Kill(1, syscall.SIGKILL), "UID", syscall.Getuid(), syscall.Setuid(0), syscall.Mount("none", "/tmp", "tmpfs", 0, ""))
	os.Exit(1)`,
        {
          env: { ...process.env, REGISTRY_PASSWORD: 's3cr3t' },
        },
      );
      // It ran to its end, and nothing after it.
      expect(step?.reason).toBe('The unit tests failed (exit code 1)');
      const said = log.join('\n');
      expect(said).toContain('ENV ');
      expect(said).not.toContain('s3cr3t');
      expect(said).not.toContain('REGISTRY');
      expect(said).not.toContain(process.env.HOME ?? '/root');
      expect(
        log.filter(line => /^(SAW|READ|WROTE|REACHED|PROCESS)/.test(line)),
      ).toEqual([]);
      expect(said).toMatch(/operation not permitted/);
    } finally {
      server.close();
    }
  });

  it('forks without end, detaches, and ignores being asked to end: all of it ends', async () => {
    const marker = '86399.0417';
    const { step, log } = await build(
      `	exec.Command("sh", "-c", "trap '' TERM HUP INT; setsid sh -c \\"trap '' TERM; (setsid sleep ${marker} &) ; sleep ${marker}\\" & sleep 0.1").Run()
	started := 0
	for i := 0; i < 400; i++ {
		if exec.Command("sleep", "${marker}").Start() != nil {
			break
		}
		started++
	}
	fmt.Println("STARTED", started)
	time.Sleep(time.Hour)`,
      { limits: { step: { wallMs: 12_000, processes: 150 } } },
    );
    expect(step).toMatchObject({
      state: 'failed',
      reason: 'It was stopped: it took longer than 12 s',
    });
    expect(log.join('\n')).not.toMatch(/STARTED 400/);
    expect(await processesWith(marker)).toEqual([]);
  });

  it('fills the disk and the memory: neither is the machine’s', async () => {
    const { step, log } = await build(
      `	block := make([]byte, 1<<20)
	total := 0
	for file := 0; file < 100; file++ {
		f, err := os.Create(fmt.Sprintf("/tmp/fill%d", file))
		if err != nil {
			break
		}
		for i := 0; i < 40; i++ {
			n, err := f.Write(block)
			total += n
			if err != nil {
				break
			}
		}
		f.Close()
	}
	fmt.Println("FILLED", total>>20)
	os.RemoveAll("/tmp/fill0")
	hold := [][]byte{}
	for {
		more := make([]byte, 16<<20)
		for i := range more {
			more[i] = 1
		}
		hold = append(hold, more)
		if len(hold) > 1000 {
			fmt.Println("UNBOUNDED")
			break
		}
		time.Sleep(5 * time.Millisecond)
	}`,
      {
        limits: {
          scratch: { bytes: 700 * MIB, files: 50_000 },
          step: { memoryBytes: 1200 * MIB },
        },
      },
    );
    expect(step?.state).toBe('failed');
    expect(step?.reason).toMatch(/more than \d+ bytes of memory/);
    expect(log.join('\n')).not.toContain('UNBOUNDED');
  });

  it('prints a gigabyte: the log is cut and the runner lives on', async () => {
    const before = process.memoryUsage().rss;
    const { step, log, report } = await build(
      `	line := []byte(strings.Repeat("x", 1023) + "\\n")
	for i := 0; i < 1<<20; i++ {
		os.Stdout.Write(line)
	}`,
      {
        limits: {
          step: { keptOutputBytes: 64 * 1024, outputBytes: 16 * MIB },
        },
      },
    );
    expect(step).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('it printed more than'),
    });
    expect(log.join('\n').length).toBeLessThan(80 * 1024);
    expect(log.some(line => line.includes('the log is cut here'))).toBe(true);
    expect(report.steps.map(({ name, state }) => `${name}: ${state}`)).toEqual([
      'source: passed',
      'toolchain: passed',
      'modules: passed',
      'vet: passed',
      'test: failed',
      'build linux/amd64: could-not-run',
      'library linux/amd64: could-not-run',
      'vulnerabilities: could-not-run',
      'proof 1.40.0: could-not-run',
    ]);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * MIB);
  });

  it('leaves links where its library should be: none is followed', async () => {
    const directory = await temporaryDirectory();
    const mine = join(directory, 'mine');
    await writeFile(mine, 'mine');
    const { report } = await build(
      `	os.MkdirAll("/scratch/work/first-linux-amd64.out", 0o755)
	os.Symlink(${JSON.stringify(
    mine,
  )}, "/scratch/work/first-linux-amd64.out/library.so")
	os.Symlink("/etc/passwd", "/scratch/work/first-linux-amd64")`,
    );
    expect(report.outcome).toBe('failed');
    expect(await readFile(mine, 'utf8')).toBe('mine');
    expect((await stat(mine)).size).toBe(4);
  });

  it('is cancelled: nothing of it runs any more', async () => {
    const marker = '86399.0418';
    const aborted = new AbortController();
    const building = build(
      `	exec.Command("sh", "-c", "setsid sleep ${marker} &").Run()
	fmt.Fprintln(os.Stderr, "ready")
	exec.Command("sleep", "${marker}").Run()`,
      {
        signal: aborted.signal,
        onStep: ({ name, state }) => {
          if (name === 'test' && state === 'running') {
            setImmediate(() => aborted.abort());
          }
        },
      },
    );
    await expect(building).rejects.toThrow('aborted');
    expect(await processesWith(marker)).toEqual([]);
  });
});

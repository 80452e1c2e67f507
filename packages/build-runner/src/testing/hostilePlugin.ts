import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes a plugin whose unit tests do what a hostile one would. It needs no modules.
 *
 * @param test - the body of its `TestMain`, which may use `fmt`, `net`, `os`, `os/exec`,
 * `strings`, `syscall` and `time`
 */
export async function writeHostilePlugin(
  directory: string,
  test: string,
): Promise<void> {
  const files: Record<string, string> = {
    'go.mod': 'module example.com/hostile\n\ngo 1.21\n',
    'catalog-info.yaml': `apiVersion: envoygo.dev/v1alpha1
kind: EnvoyGoPlugin
metadata: { name: hostile }
spec: { runtime: dynamic-module, filterName: hostile, envoy: '*' }
`,
    'envoy-proof.yaml': `apiVersion: envoygo.dev/v1alpha1
kind: EnvoyProof
cases:
  - name: answers
    request: { path: / }
    expect: { status: 200 }
`,
    'cmd/envoy-module/main.go': `package main

import "C"

func main() {}
`,
    'hostile.go': 'package hostile\n',
    'hostile_test.go': `package hostile

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	_ = fmt.Sprint
	_ = net.Dial
	_ = exec.Command
	_ = strings.Join
	_ = syscall.Getpid
	_ = time.Now
)

func TestMain(*testing.M) {
${test}
	os.Exit(0)
}
`,
  };
  await mkdir(join(directory, 'cmd/envoy-module'), { recursive: true });
  await Promise.all(
    Object.entries(files).map(([path, content]) =>
      writeFile(join(directory, path), content),
    ),
  );
}

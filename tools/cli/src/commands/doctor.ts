import { availableParallelism, cpus } from 'node:os';
import { InputError } from '@understudy/errors';
import type { KernelStatus } from '@understudy/kernels';
import type { BackendSurvey } from '@understudy/tensor';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { formatTable } from '../format.ts';
import { packageVersion } from '../package-version.ts';

/** A physics engine, and its version or why it doesn't load. */
interface EngineFacts {
  name: string;
  available: boolean;
  detail: string;
}

/** Everything that `understudy doctor --json` prints. */
interface Diagnosis {
  understudy: string;
  node: string;
  platform: string;
  processor: string;
  cores: number;
  /** What serves; or why nothing does, where a process was told to insist on kernels that can't be used here. */
  kernels: KernelStatus | { error: string };
  tensor: BackendSurvey;
  mujoco: EngineFacts[];
}

/** `understudy doctor`. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('print what this machine can compute with, what is chosen, and what to install for more')
    .option('--json', 'print one JSON object')
    .action(async (flags: { json?: boolean }) => {
      const diagnosis = await diagnose();
      if (flags.json) return context.print(JSON.stringify(diagnosis));
      printDiagnosis(diagnosis, context);
    });
}

async function diagnose(): Promise<Diagnosis> {
  const [{ surveyTensorBackends }, { kernelStatus }] = await Promise.all([
    import('@understudy/tensor'),
    import('@understudy/kernels'),
  ]);
  return {
    understudy: packageVersion(),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    kernels: tryKernels(kernelStatus),
    tensor: await surveyTensorBackends(),
    mujoco: await tryEngines(),
  };
}

function tryKernels(kernelStatus: () => KernelStatus): Diagnosis['kernels'] {
  try {
    return kernelStatus();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { error: error.message };
  }
}

async function tryEngines(): Promise<EngineFacts[]> {
  const { engineNames, loadEngine } = await import('@understudy/mujoco');
  const facts: EngineFacts[] = [];
  for (const name of engineNames) {
    try {
      const { version } = await loadEngine(name);
      facts.push({ name, available: true, detail: `MuJoCo ${version}` });
    } catch (error) {
      facts.push({ name, available: false, detail: (error as Error).message.split('\n')[0] });
    }
  }
  return facts;
}

function printDiagnosis(diagnosis: Diagnosis, context: CommandContext): void {
  const { understudy, node, platform, processor, cores, kernels, tensor, mujoco } = diagnosis;
  const yes = (available: boolean) => (available ? 'yes' : 'no');
  context.print(`understudy ${understudy} on Node ${node}, ${platform}, ${cores} cores of ${processor}`);
  context.print(`kernels: ${describeKernels(kernels)}`);
  context.print('');
  const backends = tensor.backends.map(({ name, available, summary, detail }) => [
    name,
    name === tensor.chosen ? 'auto' : yes(available),
    summary,
    detail,
  ]);
  context.print(formatTable(['tensor backend', 'usable', 'what it is', 'here'], backends));
  context.print(
    tensor.next
      ? `For the next better one, ${tensor.next.name}: ${tensor.next.remedy}.`
      : 'There is no better one to install.',
  );
  context.print('');
  const engines = mujoco.map(({ name, available, detail }) => [name, yes(available), detail]);
  context.print(formatTable(['physics engine', 'usable', 'here'], engines));
}

function describeKernels(kernels: Diagnosis['kernels']): string {
  if ('error' in kernels) return `none, by the environment variable UNDERSTUDY_KERNELS: ${kernels.error}`;
  const { engine, instructionSet, reason, fusedReason } = kernels;
  if (engine === 'native') return `native, ${instructionSet}`;
  const fused = engine === 'wasm-fused';
  const reasons = [
    reason ? `not native: ${reason}` : instructionSet && `the native ones (${instructionSet}) are there but not chosen`,
    !fused && fusedReason && `not fused: ${fusedReason}`,
  ];
  return [`WebAssembly SIMD${fused ? ' with fused multiply-adds' : ''}`, ...reasons.filter(Boolean)].join('; ');
}

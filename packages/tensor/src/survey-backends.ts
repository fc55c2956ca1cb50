import type { TensorBackendName } from './backend-names.ts';
import { drivers } from './drivers/drivers.ts';

/** What is known of one backend on this machine. */
export interface BackendFacts {
  name: TensorBackendName;
  /** What it is, in a few words. */
  summary: string;
  available: boolean;
  /** What it computes on, or why it can't be used. */
  detail: string;
  /** Whether it is a software adapter, which `auto` passes over. */
  software: boolean;
  /** How to come by it, when it can't be used. */
  remedy: string | null;
}

/** What {@link surveyTensorBackends} tells. */
export interface BackendSurvey {
  /** Best first. */
  backends: BackendFacts[];
  /** What `auto` takes. */
  chosen: TensorBackendName;
  /** The nearest better backend that could be installed, or null when there is none. */
  next: { name: TensorBackendName; remedy: string } | null;
}

/** Tries every backend, without making one current. */
export async function surveyTensorBackends(): Promise<BackendSurvey> {
  const backends: BackendFacts[] = [];
  const installable = new Set<TensorBackendName>();
  for (const { name, summary, remedy, find } of drivers) {
    const finding = await find();
    const { available } = finding;
    const detail = finding.available ? finding.detail : finding.reason;
    const software = finding.available && finding.software === true;
    backends.push({ name, summary, available, detail, software, remedy: available ? null : remedy });
    if (!finding.available && finding.missing) installable.add(name);
  }
  const chosen = backends.findIndex(({ available, software }) => available && !software);
  const better = backends.slice(0, chosen).findLast(({ name }) => installable.has(name));
  return {
    backends,
    chosen: backends[chosen].name,
    next: better ? { name: better.name, remedy: better.remedy as string } : null,
  };
}

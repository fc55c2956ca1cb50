import { InputError } from '@understudy/errors';

/** The parts of an id such as `D4RL/door/human-v2`. */
export interface MinariDatasetId {
  /** `D4RL/door`; undefined where the dataset stands at the top. */
  readonly namespace?: string;
  /** `human` */
  readonly name: string;
  /** 2 */
  readonly version: number;
}

// As Minari's: words of letters, digits, underscores and dashes; a namespace has at least two characters.
const NAMESPACE = /^[-\w](?:[-\w/]*[-\w])$/;
const NAME = /^([-\w]+)-v(\d+)$/;

/** @throws InputError when it is not of the form `(namespace/)name-vN`. */
export function parseDatasetId(id: string): MinariDatasetId {
  const slash = id.lastIndexOf('/');
  const namespace = slash < 0 ? undefined : id.slice(0, slash);
  const match = NAME.exec(id.slice(slash + 1));
  const wellFormed = namespace === undefined || (NAMESPACE.test(namespace) && !namespace.includes('//'));
  const version = match === null ? Number.NaN : Number(match[2]);
  if (match === null || !wellFormed || !Number.isSafeInteger(version)) {
    throw new InputError(
      `"${id}" is no Minari dataset id, so give one of the form namespace/name-v0 of letters, digits, underscores and ` +
        'dashes, where the namespace may be left out and otherwise has two characters or more.',
    );
  }
  return { namespace, name: match[1], version };
}

/** The inverse of {@link parseDatasetId}. */
export function formatDatasetId({ namespace, name, version }: MinariDatasetId): string {
  return `${namespace === undefined ? '' : `${namespace}/`}${name}-v${version}`;
}

/** Orders ids as Minari lists them: by namespace, name, then version. */
export function compareDatasetIds(a: string, b: string): number {
  const [first, second] = [parseDatasetId(a), parseDatasetId(b)];
  return (
    compareText(first.namespace ?? '', second.namespace ?? '') ||
    compareText(first.name, second.name) ||
    first.version - second.version
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export { copyEpisodes, describeCombination, type EpisodeSelection, splitEpisodes } from './combine.ts';
export { compareDatasetIds, formatDatasetId, type MinariDatasetId, parseDatasetId } from './dataset-id.ts';
export { formatEnvSpec, type MinariEnvSpec } from './env-spec.ts';
export {
  type AttributeGroup,
  type AttributeTree,
  assembleValue,
  isArray,
  isTexts,
  leavesOf,
  type MinariArray,
  type MinariDict,
  type MinariEpisode,
  type MinariEpisodeInfo,
  type MinariValue,
} from './episode.ts';
export type { EpisodeSteps, EpisodeWriter } from './episode-writer.ts';
export {
  createMinari,
  deleteMinari,
  findMinari,
  listMinari,
  loadMinari,
  type MinariListing,
  minariPath,
  minariRoot,
} from './local.ts';
export { MINARI_VERSION, type MinariMetadata } from './metadata.ts';
export { type MinariColumn, MinariFile, openMinari } from './minari-file.ts';
export { type EpisodeStart, MinariWriter, type MinariWriterOptions, type NewEpisode } from './minari-writer.ts';
export { formatPythonJson, PythonFloat, type PythonJson, parsePythonJson } from './python-json.ts';
export {
  createSpace,
  describeSpace,
  formatSpace,
  type MinariSpace,
  type NestedNumbers,
  parseSpace,
  type SpaceLeaf,
  spaceLeaves,
  unboundedBox,
} from './space-json.ts';
export { describeNamespace } from './write-text.ts';

import { z } from 'zod';
import { count, emptyBody, type MessageDefinition, name, plainRecord, text } from './definition.ts';
import { spaceDescription } from './spaces.ts';

/** How many sub-environments or steps one message may hold. */
const many = z
  .int()
  .min(1)
  .max(2 ** 20);

const seed = z.int().min(0);
const infos = z.array(plainRecord).optional();

/** Rows of sub-environments: `[rows, ...]`, or `[steps, rows, ...]` where several steps were asked for. */
const rows = {
  observations: { dtype: 'f32', rank: [2, 3] },
  rewards: { dtype: 'f64', rank: [1, 2] },
  terminated: { dtype: 'u8', rank: [1, 2] },
  truncated: { dtype: 'u8', rank: [1, 2] },
  wasReset: { dtype: 'u8', rank: [1, 2] },
} as const;

/** Ranks of an info's numbers: rows, or steps and rows, and what a single info has. */
const infoRanks = [1, 2, 3, 4, 5, 6, 7, 8];

/** Numbers and flags of infos by name, and which rows have them where not all do. */
const stepInfos = {
  'info/*': { dtype: 'f64', rank: infoRanks, optional: true },
  'flag/*': { dtype: 'u8', rank: infoRanks, optional: true },
  'has/*': { dtype: 'u8', rank: [1, 2], optional: true },
  /** Of the episodes that ended in same-step mode. */
  'finalInfo/*': { dtype: 'f64', rank: infoRanks, optional: true },
  'finalFlag/*': { dtype: 'u8', rank: infoRanks, optional: true },
  'finalHas/*': { dtype: 'u8', rank: [1], optional: true },
} as const;

/** Messages of the service `environments`. */
export const environmentMessages = {
  list: { body: emptyBody, arrays: {}, request: 'required', session: 'absent' },
  environments: {
    body: z.strictObject({
      environments: z.array(z.strictObject({ id: name, description: text(4096).optional() })).max(10_000),
    }),
    arrays: {},
    request: 'required',
    session: 'absent',
  },
  make: {
    body: z.strictObject({
      id: name,
      count: many,
      options: plainRecord,
      autoresetMode: z.enum(['next-step', 'same-step', 'disabled']),
      infos: z.boolean(),
      stepInfos: z.boolean().optional(),
    }),
    arrays: {},
    request: 'required',
    session: 'required',
  },
  made: {
    body: z.strictObject({
      observationSpace: spaceDescription,
      actionSpace: spaceDescription,
      observationSize: count,
      actionSize: count,
      renders: z.boolean(),
      renderFps: z.number().positive().optional(),
      leaseSeconds: z.number().positive(),
    }),
    arrays: {},
    request: 'required',
    session: 'required',
  },
  attach: { body: emptyBody, arrays: {}, request: 'required', session: 'required' },
  attached: { body: z.strictObject({ lastRequest: count }), arrays: {}, request: 'required', session: 'required' },
  reset: {
    body: z.strictObject({ seed: seed.optional(), options: plainRecord.optional() }),
    arrays: {},
    request: 'required',
    session: 'required',
  },
  resetAt: {
    body: z.strictObject({ index: count, seed: seed.optional(), options: plainRecord.optional() }),
    arrays: {},
    request: 'required',
    session: 'required',
  },
  state: {
    body: z.strictObject({ infos }),
    arrays: rows,
    request: 'required',
    session: 'required',
  },
  step: {
    body: emptyBody,
    arrays: { actions: { dtype: 'f32', rank: [2, 3] } },
    request: 'required',
    session: 'required',
  },
  stepped: {
    body: emptyBody,
    arrays: {
      ...rows,
      /** Rows, counted over steps and sub-environments, whose episode's last observation follows (same-step mode). */
      finalRows: { dtype: 'i32', rank: [1], optional: true },
      finalObservations: { dtype: 'f32', rank: [2], optional: true },
      ...stepInfos,
    },
    request: 'required',
    session: 'required',
  },
  save: { body: emptyBody, arrays: {}, request: 'required', session: 'required' },
  saved: {
    body: emptyBody,
    /** UTF-8 JSON: an array of one state for each sub-environment. */
    arrays: { state: { dtype: 'u8', rank: [1] } },
    request: 'required',
    session: 'required',
  },
  restore: {
    body: emptyBody,
    arrays: { state: { dtype: 'u8', rank: [1] } },
    request: 'required',
    session: 'required',
  },
  render: {
    body: z.strictObject({
      index: count,
      width: z.int().min(1).max(4096).optional(),
      height: z.int().min(1).max(4096).optional(),
      camera: name.optional(),
    }),
    arrays: {},
    request: 'required',
    session: 'required',
  },
  frame: {
    body: emptyBody,
    /** `[height, width, 3]` */
    arrays: { pixels: { dtype: 'u8', rank: [3] } },
    request: 'required',
    session: 'required',
  },
  close: { body: emptyBody, arrays: {}, request: 'required', session: 'required' },
  closed: { body: emptyBody, arrays: {}, request: 'required', session: 'required' },
} as const satisfies Record<string, MessageDefinition>;

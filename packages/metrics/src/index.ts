export { type ConfidenceIntervalOptions, confidenceInterval, type Interval } from './confidence-interval.ts';
export { mean, standardDeviation } from './moments.ts';
export { normalizedScore, type ScoreReference } from './normalized-score.ts';
export { studentQuantile } from './student-t.ts';

export { type DownloadedFile, type DownloadOptions, downloadD4rl } from './download.ts';
export { d4rlDirectory, d4rlPath, localD4rl } from './local-files.ts';
export { type VerifiedFile, type VerifyOptions, verifyD4rl } from './verify.ts';

import type { MessagePort } from 'node:worker_threads';
import type { LibraryFile } from './library-file.ts';

/** Calls of {@link LibraryFile} that can be made from another thread. */
export type LibraryMethod =
  | 'rootNames'
  | 'listGroup'
  | 'forgetGroup'
  | 'readGroup'
  | 'attributes'
  | 'attributesOf'
  | 'readRows'
  | 'readAll'
  | 'readStrings';

/** What the thread with libhdf5 is asked; `file` is the number that opening it gave. */
export type LibraryRequest =
  | { readonly kind: 'open'; readonly path: string; readonly lazily: boolean }
  | { readonly kind: 'close'; readonly file: number }
  | {
      readonly kind: 'call';
      readonly file: number;
      readonly method: LibraryMethod;
      readonly parameters: Parameters<LibraryFile[LibraryMethod]>;
    };

/** What it answers. Errors that are the input's fault are told apart by {@link wrongInput}. */
export type LibraryReply =
  | { readonly value: unknown }
  | { readonly error: { readonly message: string; readonly stack?: string; readonly wrongInput: boolean } };

/** What the thread gets when it starts. */
export interface LibrarySetup {
  readonly port: MessagePort;
  /** One Int32: how many requests were answered, which the asking thread waits on. */
  readonly answered: SharedArrayBuffer;
}

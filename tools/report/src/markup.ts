/** Text that is HTML or SVG already: {@link markup} inserts it as it stands and escapes everything else. */
export interface Markup {
  readonly source: string;
}

/** What may stand between the literal parts of a {@link markup} template. */
export type Insertion = Markup | string | number | undefined | null | false | readonly Insertion[];

/**
 * Tagged template for HTML and SVG. Every inserted string is escaped, for text and for quoted attributes; a
 * {@link Markup} is inserted as it is, an array piece by piece, and `undefined`, `null` and `false` leave nothing.
 */
export function markup(parts: TemplateStringsArray, ...insertions: readonly Insertion[]): Markup {
  let source = parts[0];
  for (let i = 0; i < insertions.length; i++) source += insertionSource(insertions[i]) + parts[i + 1];
  return { source };
}

/** Declares that `source` is well-formed HTML or SVG made by this package, never text from a file. */
export function trustedMarkup(source: string): Markup {
  return { source };
}

/** `text` with the five characters that mean something to HTML and XML replaced, and what XML forbids dropped. */
export function escapeText(text: string): string {
  let escaped = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 32 && code !== 9 && code !== 10) continue;
    if ((code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff) escaped += '\ufffd';
    else escaped += entities[character] ?? character;
  }
  return escaped;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function insertionSource(insertion: Insertion): string {
  if (insertion === undefined || insertion === null || insertion === false) return '';
  if (typeof insertion === 'string') return escapeText(insertion);
  if (typeof insertion === 'number') return String(insertion);
  if ('source' in insertion) return insertion.source;
  return insertion.map(insertionSource).join('');
}

import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { escapeText, markup, trustedMarkup } from './markup.ts';

test('inserted text never becomes an element or leaves its attribute', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { document } = parseHTML(`<html><body>${markup`<p title="${text}">${text}</p>`.source}</body></html>`);
      expect(document.querySelectorAll('body *').length).toBe(1);
      expect([...document.querySelector('p')!.attributes].map(({ name }) => name)).toEqual(['title']);
    }),
  );
});

test('every character that means something to HTML is replaced', () => {
  expect(escapeText(`<a href="x" id='y'>&`)).toBe('&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;');
});

test('characters that XML forbids are dropped', () => {
  expect(escapeText('a\u0000b\u001bc\ud800d')).toBe('abc\ufffdd');
});

test('markup is inserted as it is, lists piece by piece, and nothing leaves nothing', () => {
  const items = ['a<', trustedMarkup('<b/>'), 1];
  expect(markup`<p>${items}${undefined}${false}${null}</p>`.source).toBe('<p>a&lt;<b/>1</p>');
});

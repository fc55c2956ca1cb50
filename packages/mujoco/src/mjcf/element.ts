import { InputError } from '@understudy/errors';
import type { Attributes, AttributeValue } from './attributes.ts';

/** One element of an MJCF document. The tag is part of the type, so that each element takes only children it may have. */
export interface MjcfElement<Tag extends string = string> {
  readonly tag: Tag;
  readonly attributes: Attributes;
  readonly children: readonly MjcfElement[];
}

/** An element with its attributes and children. */
export function element<Tag extends string>(
  tag: Tag,
  attributes: object = {},
  children: readonly MjcfElement[] = [],
): MjcfElement<Tag> {
  return { tag, attributes: attributes as Attributes, children };
}

/**
 * The element as XML text: attributes in the order in which they were given, two spaces a level, the same text for the
 * same element.
 */
export function toXml(node: MjcfElement, indent = ''): string {
  const attributes = Object.entries(node.attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${attributeText(node, name, value as AttributeValue)}"`)
    .join('');
  if (node.children.length === 0) return `${indent}<${node.tag}${attributes}/>\n`;
  const children = node.children.map((child) => toXml(child, `${indent}  `)).join('');
  return `${indent}<${node.tag}${attributes}>\n${children}${indent}</${node.tag}>\n`;
}

function attributeText(node: MjcfElement, name: string, value: AttributeValue): string {
  if (typeof value === 'string') return escapeXml(value);
  if (typeof value === 'boolean') return String(value);
  const numbers = typeof value === 'number' ? [value] : value;
  const wrong = numbers.find((number) => !Number.isFinite(number));
  if (wrong !== undefined) {
    throw new InputError(`attribute ${name} of <${node.tag}> is ${wrong}, expected finite numbers`);
  }
  return numbers.join(' ');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\t': '&#9;',
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"'\n\t]/g, (character) => entities[character]);
}

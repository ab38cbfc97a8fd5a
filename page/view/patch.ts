/** Makes a document's elements equal to their description, and leaves alone what is equal already: focus stays. */
import type { Properties, ViewNode } from './node.js';

const SVG = 'http://www.w3.org/2000/svg';

/** What each element was last described as. */
const described = new WeakMap<Node, ViewNode>();

function setStyle(target: Element, style: object): void {
  for (const [name, value] of Object.entries(style)) (target as HTMLElement).style.setProperty(name, String(value));
}

function setProperty(target: Element, name: string, value: unknown): void {
  if (name === 'style') setStyle(target, value as object);
  else if (name === 'value') (target as HTMLInputElement).value = String(value);
  else if (typeof value === 'function' || (typeof value === 'object' && value !== null)) {
    Object.assign(target, { [name]: value });
  } else if (value === undefined || value === false) target.removeAttribute(name);
  else target.setAttribute(name, value === true ? '' : String(value));
}

function setProperties(target: Element, before: Properties, now: Properties): void {
  for (const [name, value] of Object.entries(before)) {
    if (name in now) continue;
    if (typeof value === 'function' || typeof value === 'object') Object.assign(target, { [name]: null });
    else target.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(now)) {
    // What a visitor chose in a field is no longer what was set last.
    if (value !== before[name] || name === 'value') setProperty(target, name, value);
  }
}

function create(node: ViewNode | string, svg: boolean): Node {
  if (typeof node === 'string') return document.createTextNode(node);
  const isSvg = svg || node.tag === 'svg';
  const target = isSvg ? document.createElementNS(SVG, node.tag) : document.createElement(node.tag);
  for (const child of node.children) target.append(create(child, isSvg));
  setProperties(target, {}, node.properties);
  described.set(target, node);
  return target;
}

function canBecome(target: Node, node: ViewNode | string): boolean {
  if (typeof node === 'string') return target.nodeType === Node.TEXT_NODE;
  const before = described.get(target);
  return before !== undefined && before.tag === node.tag && before.key === node.key;
}

function update(target: Node, node: ViewNode | string): void {
  if (typeof node === 'string') {
    if (target.nodeValue !== node) target.nodeValue = node;
    return;
  }
  const before = described.get(target)!;
  if (before === node) return;
  patchChildren(target as Element, node.children);
  setProperties(target as Element, before.properties, node.properties);
  described.set(target, node);
}

/** Makes the children of an element equal to their descriptions. */
export function patchChildren(parent: Element, nodes: readonly (ViewNode | string)[]): void {
  const isSvg = parent.namespaceURI === SVG;
  for (const [index, node] of nodes.entries()) {
    const target = parent.childNodes[index];
    if (!target) parent.append(create(node, isSvg));
    else if (canBecome(target, node)) update(target, node);
    else target.replaceWith(create(node, isSvg));
  }
  while (parent.childNodes.length > nodes.length) parent.lastChild!.remove();
}

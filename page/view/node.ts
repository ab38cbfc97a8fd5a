/** The page as data: elements that a function of the state gives, before there is any document. */

/** An element to be. `key` tells it from another of the same tag that must not become it. */
export interface ViewNode {
  readonly tag: string;
  readonly key: string | undefined;
  readonly properties: Properties;
  readonly children: readonly (ViewNode | string)[];
}

/**
 * Attributes by name; functions and objects are set as properties (`onclick`, `srcObject`), `style` holds custom
 * properties of CSS, and what is undefined or false is absent.
 */
export type Properties = Readonly<Record<string, unknown>>;

/** What may stand among children; nothing is shown for false and undefined. */
export type Child = ViewNode | string | number | false | undefined | readonly Child[];

function flatten(children: readonly Child[]): (ViewNode | string)[] {
  return children.flatMap((child): (ViewNode | string)[] => {
    if (child === false || child === undefined) return [];
    if (typeof child === 'number') return [String(child)];
    return Array.isArray(child) ? flatten(child) : [child as ViewNode | string];
  });
}

/** Describes an element. */
export function element(tag: string, properties: Properties = {}, ...children: readonly Child[]): ViewNode {
  const { key, ...rest } = properties;
  return { tag, key: key as string | undefined, properties: rest, children: flatten(children) };
}

/** The text in a node and below, parts of which are apart by spaces. */
export function textOf(node: ViewNode | string): string {
  return typeof node === 'string' ? node : node.children.map(textOf).join(' ');
}
